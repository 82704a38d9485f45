import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Campaign } from '../campaigns/campaign.entity.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ChangesModule } from '../changes/changes.module.js';
import { DoorbellModule } from '../doorbell/doorbell.module.js';
import { ClaimsModule } from '../grants/claims/claims.module.js';
import { GateModule } from '../grants/slots/gate.module.js';
import { PayoutsModule } from '../payouts/payouts.module.js';
import { CampaignEnd } from './campaign-end.js';
import { ClockSteps } from './clock-steps.js';
import { Closing } from './closing.js';
import { Conservation } from './conservation.js';
import { DurablePlaces } from './durable-places.js';
import { Departures } from './departures.js';
import { DuePayouts } from './due-payouts.js';
import { LatePauses } from './late-pauses.js';
import { LeaseScan } from './lease-scan.js';
import { LineEnd } from './line-end.js';
import { OldSeries } from './old-series.js';
import { PassingEvents } from './passing-events.js';
import { ReadChanges } from './read-changes.js';
import { ReaperService } from './reaper.service.js';
import { Reversals } from './reversals.js';
import { RoundGauge } from './round-gauge.js';
import { Terms } from './terms.js';
import { Upkeep } from './upkeep.js';

/** Finds what was left undone, by a scheduled scan of `grant:processing` and of what is due. */
@Module({
  imports: [
    ...[ScheduleModule.forRoot(), TypeOrmModule.forFeature([Campaign])],
    ...[GateModule, ClaimsModule, DoorbellModule, CampaignsModule, PayoutsModule, ChangesModule],
  ],
  providers: [
    Closing,
    ClockSteps,
    PassingEvents,
    OldSeries,
    ReadChanges,
    Upkeep,
    LeaseScan,
    Terms,
    Conservation,
    DurablePlaces,
    LatePauses,
    DuePayouts,
    Reversals,
    Departures,
    LineEnd,
    CampaignEnd,
    RoundGauge,
    ReaperService,
  ],
})
export class ReaperModule {}
