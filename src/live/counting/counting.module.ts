import { Module } from '@nestjs/common';
import { GateModule } from '../../grants/slots/gate.module.js';
import { ClockModule } from '../../grants/clock/clock.module.js';
import { CountKeeper } from './count-keeper.js';
import { SeriesWriter } from './series-writer.js';

/** Every instance counts what it does, and adds it to what the others count. */
@Module({ imports: [GateModule, ClockModule], providers: [CountKeeper, SeriesWriter] })
export class CountingModule {}
