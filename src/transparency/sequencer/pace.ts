import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** Between two rounds in which nothing was left to do. */
const CALM_MS = 500;
/** From one round to the next in a rush. */
const RUSH_MS = 500;
/**
 * What is new in a rush is left alone for so long: a little less than a round, so that it is not two. What came just
 * after a look waits for one round more. The published log is 2.6 s behind then (p99), where 3 s are allowed; with
 * twice this delay it was not always below.
 */
const DELAY_MS = 400;
/** A pause takes so long at least, however long the round before took: it tells how busy the process is. */
const LEAST_MS = 200;
/** The share of the time for which this process has something to do, from which on it is a rush. */
const BUSY = 0.5;
/**
 * After so long a rush, nothing waits any more: in one that lasts, waiting saves no work. By then the delay has come
 * down little by little, since all that had waited would otherwise be written at once.
 */
const LONGEST_MS = 7_000;
/** By so much the delay comes down in the meantime: half as much again is written as is new. */
const CATCHING_UP = 0.5;

/**
 * When the next round begins, and how much of what is new it leaves for later: in a rush claims are answered first, and
 * the log is written a little later (docs/adr/0061). Whether there is one is told by how busy this process was while
 * the log did nothing.
 */
export class Pace {
  private before: EventLoopUtilization | undefined;
  /** By `performance.now()`; null while there is no rush. */
  private rushSince: number | null = null;

  /** The next round should take what was there by then, by `performance.now()`. Infinity: all. */
  get takesUpTo(): number {
    if (this.rushSince === null) return Infinity;
    const now = performance.now();
    const delay = Math.min(DELAY_MS, CATCHING_UP * (this.rushSince + LONGEST_MS - now));
    return delay > 0 ? now - delay : Infinity;
  }

  /** Begins a pause. @param roundMs what the round took @returns for how long, in ms */
  begin(roundMs: number): number {
    this.before = performance.eventLoopUtilization();
    return this.rushSince === null ? CALM_MS : Math.max(LEAST_MS, RUSH_MS - roundMs);
  }

  /** Ends it. */
  end(): void {
    const { utilization } = performance.eventLoopUtilization(this.before);
    this.rushSince = utilization < BUSY ? null : (this.rushSince ?? performance.now());
  }
}
