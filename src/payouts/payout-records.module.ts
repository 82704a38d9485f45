import { Module } from '@nestjs/common';
import { PayoutConclusions } from './payout-conclusions.js';
import { Revocations } from './operators/revocations.js';

/** What became of payouts, for whoever brings news of it or takes them back. */
@Module({ providers: [PayoutConclusions, Revocations], exports: [PayoutConclusions, Revocations] })
export class PayoutRecordsModule {}
