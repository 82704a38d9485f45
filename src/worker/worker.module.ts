import { Module } from '@nestjs/common';
import { PayingModule } from '../payouts/paying.module.js';
import { PayoutProcessor } from './payout.processor.js';

/** Answers the doorbell. */
@Module({ imports: [PayingModule], providers: [PayoutProcessor] })
export class WorkerModule {}
