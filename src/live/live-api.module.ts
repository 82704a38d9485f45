import { Module } from '@nestjs/common';
import { ClockModule } from './clock/clock.module.js';
import { TimeController } from './clock/time.controller.js';

/** What people and pages watch while a campaign runs, over HTTP. */
@Module({ imports: [ClockModule], controllers: [TimeController] })
export class LiveApiModule {}
