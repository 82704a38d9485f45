import { Module } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';
import { GateModule } from '../grants/slots/gate.module.js';
import { LedgerPayouts } from './by-ledger/ledger-payouts.js';
import { LedgerPort } from './by-ledger/ledger-adapter.js';
import { PayoutPace } from './by-ledger/payout-pace.js';
import { SetBackPayouts } from './by-ledger/set-back-payouts.js';
import { Attempts } from './by-provider/attempts.js';
import { CallRate } from './by-provider/call-rate.js';
import { HttpProvider } from './by-provider/http-provider.js';
import { ProviderCalls } from './by-provider/provider-calls.js';
import { ProviderPayouts } from './by-provider/provider-payouts.js';
import { PayoutRecordsModule } from './payout-records.module.js';
import { Payouts } from './payouts.js';

/** Makes payouts, the way PAYOUT_PROVIDER says. */
@Module({
  imports: [GateModule, PayoutRecordsModule],
  providers: [
    LedgerPort,
    SetBackPayouts,
    PayoutPace,
    LedgerPayouts,
    HttpProvider,
    CallRate,
    ProviderCalls,
    Attempts,
    ProviderPayouts,
    {
      provide: Payouts,
      inject: [Environment, LedgerPayouts, ProviderPayouts],
      useFactory: ({ PAYOUT_PROVIDER }: Environment, ledger: LedgerPayouts, provider: ProviderPayouts) =>
        ({ ledger, http: provider })[PAYOUT_PROVIDER],
    },
  ],
  exports: [Payouts],
})
export class PayoutsModule {}
