import { Module } from '@nestjs/common';
import { GateModule } from '../slots/gate.module.js';
import { ServiceClock } from './service-clock.js';

/** The time by which campaigns open, for every part that tells, shows or records times. */
@Module({ imports: [GateModule], providers: [ServiceClock], exports: [ServiceClock] })
export class ClockModule {}
