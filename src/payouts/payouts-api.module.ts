import { Module } from '@nestjs/common';
import { ClaimsModule } from '../grants/claims/claims.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { DoorbellModule } from '../doorbell/doorbell.module.js';
import { PayoutRecordsModule } from './payout-records.module.js';
import { BulkDecisionsController } from './operators/bulk-decisions.controller.js';
import { BulkDecisions } from './operators/bulk-decisions.js';
import { DecisionRecords } from './operators/decision-records.js';
import { ProviderPauses } from './by-provider/provider-pauses.js';
import { HeldUpPayouts } from './operators/held-up.js';
import { PayoutDecisions } from './operators/payout-decisions.js';
import { PayoutReports } from './operators/payout-reports.js';
import { PayoutSwitchController } from './operators/payout-switch.controller.js';
import { PayoutSwitch } from './operators/payout-switch.js';
import { PayoutsAdminController } from './operators/payouts-admin.controller.js';
import { ProviderEventsController } from './webhooks-in/provider-events.controller.js';
import { ProviderEvents } from './webhooks-in/provider-events.js';
import { ReconciliationController } from './reconciliation/reconciliation.controller.js';
import { RevocationsController } from './operators/revocations.controller.js';

/** The HTTP endpoints through which the provider and operators say what became of payouts. */
@Module({
  imports: [CampaignsModule, ClaimsModule, DoorbellModule, PayoutRecordsModule],
  providers: [
    ProviderEvents,
    HeldUpPayouts,
    ProviderPauses,
    PayoutReports,
    PayoutDecisions,
    DecisionRecords,
    BulkDecisions,
    PayoutSwitch,
  ],
  exports: [DecisionRecords, PayoutReports, PayoutSwitch, ProviderPauses],
  controllers: [
    ProviderEventsController,
    PayoutsAdminController,
    BulkDecisionsController,
    PayoutSwitchController,
    ReconciliationController,
    RevocationsController,
  ],
})
export class PayoutsApiModule {}
