/** Something that was done for so many slots, and how long it took in ms. */
export interface Effort {
  readonly slots: number;
  readonly ms: number;
}

/** ms for 100,000 slots, at the pace of this effort. */
export function msPer100000({ slots, ms }: Effort): number {
  return (ms / slots) * 100_000;
}

/** How far efforts are from growing with the slots: the dearest pace over the cheapest, 1 when they do so exactly. @param efforts at least one */
export function unevenness(efforts: readonly Effort[]): number {
  const paces = efforts.map(msPer100000);
  return Math.max(...paces) / Math.min(...paces);
}
