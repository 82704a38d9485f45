import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ClaimsModule } from '../grants/claims.module.js';
import { CampaignEnd } from './campaign-end.js';
import { Conservation } from './conservation.js';
import { DurablePlaces } from './durable-places.js';
import { Departures } from './departures.js';
import { DuePayouts } from './due-payouts.js';
import { LeaseScan } from './lease-scan.js';
import { LeftByProvider } from './left-by-provider.js';
import { LineEnd } from './line-end.js';
import { QuietGrants } from './quiet-grants.js';
import { Reversals } from './reversals.js';
import { ReaperService } from './reaper.service.js';

/** Finds what was left undone. */
@Module({
  imports: [ScheduleModule.forRoot(), ClaimsModule],
  providers: [
    LeaseScan,
    Conservation,
    DurablePlaces,
    QuietGrants,
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
