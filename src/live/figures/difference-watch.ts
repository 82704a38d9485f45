import { SLOT_COUNTS, type SlotCounts } from './slot-counts.js';

interface Reading {
  /** By a monotonic clock, in ms. */
  readonly at: number;
  readonly postgres: SlotCounts;
  readonly gate: SlotCounts;
}

/** Readings kept of the time that counts. */
const READINGS_KEPT = 60;

/** Readings come once a second, however short leases are. */
const SHORTEST_PAUSE_MS = 5_000;

/**
 * Tells whether Postgres and the gate differ for good. While people come and are paid, two readings never quite agree:
 * they are not of the same instant, and each side hears of some changes first. So a count differs only if the other
 * side has not had it at any time in the last two leases, in neither direction. By then the reaper has mended whatever
 * it mends.
 */
export class DifferenceWatch {
  private readings: Reading[] = [];
  /** Since when this has been said, by the same clock; null: it is not said. */
  private since: number | null = null;

  /** A pause between two readings after which the earlier ones say nothing any more. */
  private readonly longestPauseMs: number;

  /** @param windowMs two leases */
  constructor(private readonly windowMs: number) {
    this.longestPauseMs = Math.max(windowMs, SHORTEST_PAUSE_MS);
  }

  /** By a monotonic clock, in ms, when the two were found to differ; null when they were not, or not lately. */
  differsSince(now: number): number | null {
    const last = this.readings.at(-1);
    return last !== undefined && now - last.at <= this.longestPauseMs ? this.since : null;
  }

  /** @returns whether they differ; false as long as they have not been looked at for two leases */
  look(at: number, postgres: SlotCounts, gate: SlotCounts): boolean {
    const last = this.readings.at(-1);
    if (last !== undefined && at - last.at > this.longestPauseMs) this.readings = [];
    this.keep({ at, postgres, gate });
    const [first] = this.readings;
    const isLongEnough = first !== undefined && at - first.at >= this.windowMs;
    const differs = isLongEnough && SLOT_COUNTS.some((count) => this.isUnexplained(count, postgres, gate));
    this.since = differs ? (this.since ?? at) : null;
    return differs;
  }

  private isUnexplained(count: keyof SlotCounts, postgres: SlotCounts, gate: SlotCounts): boolean {
    const ofPostgres = this.readings.map((reading) => reading.postgres[count]);
    const ofGate = this.readings.map((reading) => reading.gate[count]);
    return !isWithin(postgres[count], ofGate) && !isWithin(gate[count], ofPostgres);
  }

  /** Keeps one reading that is as old as the window, and not many that are younger. */
  private keep(reading: Reading): void {
    const [, second] = this.readings;
    if (second !== undefined && reading.at - second.at >= this.windowMs) this.readings.shift();
    const before = this.readings.at(-2);
    if (before !== undefined && reading.at - before.at < this.windowMs / READINGS_KEPT) this.readings.pop();
    this.readings.push(reading);
  }
}

function isWithin(value: number, values: readonly number[]): boolean {
  return value >= Math.min(...values) && value <= Math.max(...values);
}
