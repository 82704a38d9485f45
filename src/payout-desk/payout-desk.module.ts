import { Module } from '@nestjs/common';
import { ClaimsModule } from '../grants/claims.module.js';
import { PayoutRecordsModule } from '../payouts/payout-records.module.js';
import { BulkDecisionsController } from './bulk-decisions.controller.js';
import { BulkDecisions } from './bulk-decisions.js';
import { DecisionRecords } from './decision-records.js';
import { PayoutDecisions } from './payout-decisions.js';
import { PayoutReports } from './payout-reports.js';
import { PayoutSwitchController } from './payout-switch.controller.js';
import { PayoutSwitch } from './payout-switch.js';
import { PayoutsAdminController } from './payouts-admin.controller.js';
import { ProviderEventsController } from './provider-events.controller.js';
import { ProviderEvents } from './provider-events.js';
import { RevocationsController } from './revocations.controller.js';

/** Where the provider and operators tell, over HTTP, what became of payouts. */
@Module({
  imports: [ClaimsModule, PayoutRecordsModule],
  providers: [ProviderEvents, PayoutReports, PayoutDecisions, DecisionRecords, BulkDecisions, PayoutSwitch],
  controllers: [
    ProviderEventsController,
    PayoutsAdminController,
    BulkDecisionsController,
    PayoutSwitchController,
    RevocationsController,
  ],
})
export class PayoutDeskModule {}
