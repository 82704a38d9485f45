import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { GateRates } from '../../grants/slots/gate-rates.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { SeriesWriter } from './series-writer.js';

const EVERY_MS = 1_000;

/**
 * Once a second, adds what this process has counted to what the other instances have: to the last seconds of each
 * campaign in Redis, for the live figures, and to the steps that `SeriesWriter` keeps. A second in which nothing
 * happened costs nothing. What Redis can't be told is missing in the live figures: no claim and no payout waits for it.
 */
@Injectable()
export class CountKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private passing: Promise<void> | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly metrics: Metrics,
    private readonly rates: GateRates,
    private readonly series: SeriesWriter,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.passing ??= this.passOn().finally(() => (this.passing = undefined));
    }, EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([this.passing, this.writing]);
    await this.passOn();
    await this.writing;
    await this.series.writeAll();
  }

  /** Never fails. The live figures do not wait for Postgres. */
  private async passOn(): Promise<void> {
    const counted = this.metrics.recent.take();
    this.series.add(counted);
    await Promise.allSettled([...counted].map(([campaignId, counts]) => this.rates.add(campaignId, counts)));
    this.writing ??= this.series.writeOver().finally(() => (this.writing = undefined));
  }
}
