import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { GateClock } from '../slots/gate-clock.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { unavailable } from '../../platform/problems/problem.js';
import { bestOffset, type ClockReading } from './offset.js';

/** How often the servers' clock is asked. A step of that clock is followed as late as this. */
const ASKED_EVERY_MS = 5_000;

/** How many times in a row. */
const READINGS = 3;

/** How long an offset is good without another: clocks of machines drift apart by some 10 ms in that time. */
const GOOD_FOR_MS = 120_000;

/**
 * The clock by which campaigns open and close, as this process knows it: the offset between its own monotonic clock and
 * the gate's (Redis), asked every ASKED_EVERY_MS; Postgres' clock while Redis can't be asked. Telling the time costs no
 * I/O.
 */
@Injectable()
export class ServiceClock implements OnApplicationBootstrap, OnApplicationShutdown {
  /** What to add to `performance.now()`. */
  private offset: number | undefined;
  private goodUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly gate: GateClock,
    @InjectDataSource(READS) private readonly source: DataSource,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.ask(), ASKED_EVERY_MS);
    this.timer.unref();
    await this.ask();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Ms since 1970, whole.
   * @throws Problem 503 when neither server could be asked for GOOD_FOR_MS
   */
  now(): number {
    const now = this.nowIfKnown();
    if (now === null) throw unavailable('The clock of the gate is not known.');
    return now;
  }

  /** As `now`; null when it is not known. */
  nowIfKnown(): number | null {
    const elapsed = performance.now();
    if (this.offset === undefined || elapsed > this.goodUntil) return null;
    return Math.floor(elapsed + this.offset);
  }

  /** Asks the servers now. Never fails: while none answers, the last offset stays for as long as it is good. */
  ask(): Promise<void> {
    return (this.asking ??= this.measure().finally(() => (this.asking = undefined)));
  }

  private async measure(): Promise<void> {
    const readings =
      (await read(() => this.gate.ofOwner()).catch(() => null)) ??
      (await read(() => this.postgresNow()).catch(() => null));
    if (!readings) return;
    this.offset = bestOffset(readings);
    this.goodUntil = performance.now() + GOOD_FOR_MS;
  }

  private async postgresNow(): Promise<number> {
    const [clock] = await rows<{ now: number }>(
      this.source,
      `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now`,
    );
    return clock?.now ?? NaN;
  }
}

async function read(ask: () => Promise<number>): Promise<ClockReading[]> {
  const readings: ClockReading[] = [];
  for (let i = 0; i < READINGS; i++) {
    const askedAt = performance.now();
    const told = await ask();
    readings.push({ told, askedAt, answeredAt: performance.now() });
  }
  return readings;
}
