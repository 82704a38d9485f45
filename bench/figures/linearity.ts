/** An operation on this many slots, and how long it took in ms. */
export interface Effort {
  readonly slots: number;
  readonly ms: number;
}

/** ms per 100,000 slots. */
export function msPer100000({ slots, ms }: Effort): number {
  return (ms / slots) * 100_000;
}

/**
 * How far the times are from linear growth: the highest cost per slot divided by the lowest. 1 means exactly linear.
 * @param efforts at least one
 */
export function unevenness(efforts: readonly Effort[]): number {
  const paces = efforts.map(msPer100000);
  return Math.max(...paces) / Math.min(...paces);
}
