import { Module } from '@nestjs/common';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { GateModule } from '../grants/slots/gate.module.js';
import { ClockModule } from './clock/clock.module.js';
import { TimeController } from './clock/time.controller.js';
import { Broadcasts } from './figures/broadcasts.js';
import { FiguresController } from './figures/figures.controller.js';
import { LiveFigures } from './figures/live-figures.js';
import { PostgresReading } from './figures/postgres-reading.js';
import { SeriesReport } from './series/series-report.js';
import { SeriesController } from './series/series.controller.js';

/** What people and pages watch while a campaign runs, over HTTP. */
@Module({
  imports: [ClockModule, GateModule, CampaignsModule],
  providers: [PostgresReading, LiveFigures, Broadcasts, SeriesReport],
  controllers: [TimeController, FiguresController, SeriesController],
})
export class LiveApiModule {}
