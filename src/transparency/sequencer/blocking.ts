import type { Moment } from '../../changes/moment.js';

/** Why the log of a campaign does not go on. */
export interface Refused {
  /** Tells it from another one. */
  readonly key: string;
  readonly sentence: string;
}

/** A contradiction between the log and the rows, and since when. */
export interface Blocked extends Refused {
  /** Once the feed has come past this transaction, it is not the feed that lags. */
  readonly until: bigint;
  /**
   * By `performance.now()`, since it lives in this process; null while the feed may still lag. By the wall clock, one
   * step forward would stop the log of a campaign for good.
   */
  readonly sinceMs: number | null;
}

/** How far the feed shows what was committed. */
export type FeedMoment = Pick<Moment, 'horizon' | 'end'> & { readonly isTruncated: boolean };

/**
 * The contradiction as it stands after another look.
 * @param before as it stood after the last look; null for none
 * @param nowMs by `performance.now()`
 */
export function blockedBy(
  { key, sentence }: Refused,
  before: Blocked | null,
  { horizon, end, isTruncated }: FeedMoment,
  nowMs: number,
): Blocked {
  if (before?.key !== key) return { key, sentence, until: end, sinceMs: null };
  if (before.sinceMs !== null || horizon < before.until || isTruncated) return before;
  return { ...before, sinceMs: nowMs };
}

/** Whether a contradiction has lasted for longer than `patienceMs`. @param nowMs by `performance.now()` */
export function isForLong({ sinceMs }: Blocked, nowMs: number, patienceMs: number): boolean {
  return sinceMs !== null && nowMs - sinceMs > patienceMs;
}
