import { Module } from '@nestjs/common';
import { DoorbellModule } from '../doorbell/doorbell.module.js';
import { PayoutsModule } from '../payouts/payouts.module.js';
import { PayoutProcessor } from './payout.processor.js';

/** Answers the doorbell: a BullMQ processor that pays what is due. */
@Module({ imports: [DoorbellModule, PayoutsModule], providers: [PayoutProcessor] })
export class WorkerModule {}
