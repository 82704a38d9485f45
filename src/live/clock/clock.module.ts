import { Module } from '@nestjs/common';
import { GateModule } from '../../grants/slots/gate.module.js';
import { ServiceClock } from './service-clock.js';

/** The time by which campaigns open, for every part that shows or records times. */
@Module({ imports: [GateModule], providers: [ServiceClock], exports: [ServiceClock] })
export class ClockModule {}
