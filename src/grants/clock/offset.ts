/** What a server's clock said when it was asked, with the time that this process saw pass meanwhile. */
export interface ClockReading {
  /** Ms since 1970, by the server. */
  readonly told: number;
  /** By the process's monotonic clock, in ms. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * The reading that says most about the server's clock: the one that took least time, since the answer was given at some
 * point in between.
 * @param readings at least one
 * @returns what to add to the monotonic clock; wrong by half of that reading's duration at most
 */
export function bestOffset(readings: readonly ClockReading[]): number {
  let best = { offset: NaN, tookMs: Infinity };
  for (const { told, askedAt, answeredAt } of readings) {
    const tookMs = answeredAt - askedAt;
    if (tookMs < best.tookMs) best = { offset: told - (askedAt + answeredAt) / 2, tookMs };
  }
  return best.offset;
}
