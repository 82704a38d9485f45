import { Module } from '@nestjs/common';
import { PayoutConclusions } from './payout-conclusions.js';
import { Revocations } from './operators/revocations.js';

/** Records what became of payouts, for all modules that bring news of them or revoke them. */
@Module({ providers: [PayoutConclusions, Revocations], exports: [PayoutConclusions, Revocations] })
export class PayoutRecordsModule {}
