import { Module } from '@nestjs/common';
import { LogPublishingModule } from '../log-publishing.module.js';
import { LogStandings } from './log-standing.js';
import { PublicLogController } from './public-log.controller.js';

/** How the public log is, for operators. */
@Module({
  imports: [LogPublishingModule],
  providers: [LogStandings],
  controllers: [PublicLogController],
  exports: [LogStandings],
})
export class LogStandingModule {}
