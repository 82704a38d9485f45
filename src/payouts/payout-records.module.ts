import { Module } from '@nestjs/common';
import { PayoutConclusions } from './payout-conclusions.js';

/** What became of payouts, for whoever brings news of it. */
@Module({ providers: [PayoutConclusions], exports: [PayoutConclusions] })
export class PayoutRecordsModule {}
