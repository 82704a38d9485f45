import { Module } from '@nestjs/common';
import { LedgerPayout } from './ledger-payout.js';
import { PAYOUT_PORT } from './payout-port.js';
import { PayoutService } from './payout.service.js';

@Module({
  providers: [{ provide: PAYOUT_PORT, useClass: LedgerPayout }, PayoutService],
  exports: [PayoutService],
})
export class PayoutsModule {}
