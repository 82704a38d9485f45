import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** Between two rounds in which nothing was left to do. */
const CALM_MS = 500;
/**
 * From one round to the next in a rush. What comes just after a round looked waits for the next but one, and for what
 * that one takes, some 1.5 s, where the published log is to be no more than 3 s behind.
 */
const RUSH_MS = 450;
/** A pause takes so long at least, however long the round before took: it tells how busy the process is. */
const LEAST_MS = 200;
/** The share of the time for which this process has something to do, from which on it is a rush. */
const BUSY = 0.5;
/** So long a rush is given way to. In one that lasts, waiting does not save any work. */
const LONGEST_MS = 5_000;

/**
 * When the next round begins, and whether it gives way to what else this process does: in a rush claims are answered
 * first, and the log comes a little later (docs/adr/0059). Whether there is one is told by how busy this process was
 * while the log did nothing.
 */
export class Pace {
  private before: EventLoopUtilization | undefined;
  /** By `performance.now()`; null while there is no rush. */
  private rushSince: number | null = null;

  /** Whether the next round should take only what was there at the last one. */
  get givesWay(): boolean {
    return this.rushSince !== null && performance.now() - this.rushSince < LONGEST_MS;
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
