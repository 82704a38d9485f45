import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Campaign } from '../campaigns/campaign.entity.js';
import { PayingModule } from '../payouts/paying.module.js';
import { CampaignEnd } from './campaign-end.js';
import { ClockSteps } from './clock-steps.js';
import { Closing } from './closing.js';
import { Conservation } from './conservation.js';
import { DurablePlaces } from './durable-places.js';
import { Departures } from './departures.js';
import { DuePayouts } from './due-payouts.js';
import { LeaseScan } from './lease-scan.js';
import { LeftByProvider } from './left-by-provider.js';
import { LineEnd } from './line-end.js';
import { ReaperService } from './reaper.service.js';
import { Reversals } from './reversals.js';
import { Terms } from './terms.js';
import { Upkeep } from './upkeep.js';

/** Finds what was left undone. */
@Module({
  imports: [ScheduleModule.forRoot(), TypeOrmModule.forFeature([Campaign]), PayingModule],
  providers: [
    Closing,
    ClockSteps,
    Upkeep,
    LeaseScan,
    Terms,
    Conservation,
    DurablePlaces,
    DuePayouts,
    LeftByProvider,
    Reversals,
    Departures,
    LineEnd,
    CampaignEnd,
    ReaperService,
  ],
})
export class ReaperModule {}
