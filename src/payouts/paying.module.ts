import { Module } from '@nestjs/common';
import { ClaimsModule } from '../grants/claims/claims.module.js';
import { PayoutsModule } from './payouts.module.js';
import { PayDue } from './pay-due.js';

/** Makes payouts and has the gate know of them, for the worker and the reaper. */
@Module({
  imports: [ClaimsModule, PayoutsModule],
  providers: [PayDue],
  exports: [ClaimsModule, PayDue],
})
export class PayingModule {}
