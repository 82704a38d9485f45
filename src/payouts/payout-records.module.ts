import { Module } from '@nestjs/common';
import { GateModule } from '../grants/slots/gate.module.js';
import { Revocations } from './operators/revocations.js';
import { PayoutConclusions } from './payout-conclusions.js';
import { UnsettledGauges } from './unsettled-gauges.js';

/** Records what became of payouts, for all modules that bring news of them or revoke them. */
@Module({
  imports: [GateModule],
  providers: [PayoutConclusions, Revocations, UnsettledGauges],
  exports: [PayoutConclusions, Revocations],
})
export class PayoutRecordsModule {}
