import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../platform/metrics/metrics.js';

/** Shows how long ago this process last completed a round of the reaper, by a clock that nobody sets. */
@Injectable()
export class RoundGauge {
  /** By `performance.now()`; the start of the process counts as a round. */
  private completedAt = performance.now();

  constructor({ registry }: Metrics) {
    const age = (): number => (performance.now() - this.completedAt) / 1_000;
    new Gauge({
      name: 'seonchak_reaper_round_age_seconds',
      help: 'Seconds since this instance last completed a round of the reaper without an error.',
      registers: [registry],
      collect() {
        this.set(age());
      },
    });
  }

  /** A round ended, and nothing kept it from its work. */
  completed(): void {
    this.completedAt = performance.now();
  }
}
