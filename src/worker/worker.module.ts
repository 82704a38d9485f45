import { Module } from '@nestjs/common';
import { ClaimsModule } from '../grants/claims.module.js';
import { PayoutsModule } from '../payouts/payouts.module.js';
import { PayoutProcessor } from './payout.processor.js';

/** Makes payouts. */
@Module({ imports: [ClaimsModule, PayoutsModule], providers: [PayoutProcessor] })
export class WorkerModule {}
