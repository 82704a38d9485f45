import { Module } from '@nestjs/common';
import { CampaignsApiModule } from '../campaigns/campaigns-api.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { GateModule } from '../grants/slots/gate.module.js';
import { PayoutsApiModule } from '../payouts/payouts-api.module.js';
import { LogStandingModule } from '../transparency/standing/log-standing.module.js';
import { Attention } from './attention/attention.js';
import { AttentionController } from './attention/attention.controller.js';
import { ClockModule } from '../grants/clock/clock.module.js';
import { TimeController } from './clock/time.controller.js';
import { Broadcasts } from './figures/broadcasts.js';
import { FiguresController } from './figures/figures.controller.js';
import { LiveFigures } from './figures/live-figures.js';
import { PostgresReading } from './figures/postgres-reading.js';
import { SeriesReport } from './series/series-report.js';
import { SeriesController } from './series/series.controller.js';
import { StoryController } from './story/story.controller.js';
import { Story } from './story/story.js';

/** What people and pages watch while a campaign runs, over HTTP. */
@Module({
  imports: [
    ...[ClockModule, GateModule, CampaignsModule, CampaignsApiModule, PayoutsApiModule],
    LogStandingModule,
  ],
  providers: [PostgresReading, LiveFigures, Broadcasts, SeriesReport, Story, Attention],
  controllers: [TimeController, FiguresController, SeriesController, StoryController, AttentionController],
})
export class LiveApiModule {}
