import { Module } from '@nestjs/common';
import { ClaimsModule } from '../grants/claims/claims.module.js';
import { GateModule } from '../grants/slots/gate.module.js';
import { LedgerPayouts } from './by-ledger/ledger-payouts.js';
import { PaidCounter } from './by-ledger/paid-counter.js';
import { PayoutPace } from './by-ledger/payout-pace.js';
import { PayoutsTogether } from './by-ledger/payouts-together.js';
import { SentElsewhere } from './by-ledger/sent-elsewhere.js';
import { SetBackPayouts } from './by-ledger/set-back-payouts.js';
import { Attempts } from './by-provider/attempts.js';
import { CallRate } from './by-provider/call-rate.js';
import { HttpProviderAdapter } from './by-provider/http-provider-adapter.js';
import { ProviderCalls } from './by-provider/provider-calls.js';
import { ProviderPayouts } from './by-provider/provider-payouts.js';
import { PROVIDER } from './payout-port.js';
import { PayoutRecordsModule } from './payout-records.module.js';
import { CampaignProvider } from './campaign-provider.js';
import { MissingSettings } from './missing-settings.js';
import { PayDue } from './pay-due.js';
import { Payouts } from './payouts.js';
import { PayoutsByTerms } from './payouts-by-terms.js';

/** Makes payouts, each by the provider of its campaign, and tells the gate. */
@Module({
  imports: [GateModule, ClaimsModule, PayoutRecordsModule],
  providers: [
    SetBackPayouts,
    SentElsewhere,
    PayoutPace,
    PaidCounter,
    LedgerPayouts,
    PayoutsTogether,
    { provide: PROVIDER, useClass: HttpProviderAdapter },
    CallRate,
    ProviderCalls,
    Attempts,
    ProviderPayouts,
    CampaignProvider,
    { provide: Payouts, useClass: PayoutsByTerms },
    PayDue,
    MissingSettings,
  ],
  exports: [PayDue, MissingSettings],
})
export class PayoutsModule {}
