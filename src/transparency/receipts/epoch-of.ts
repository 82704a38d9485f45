/** A gate of a campaign, and the last arrival number that was known when it was computed. */
export interface GateEpoch {
  readonly epoch: number;
  readonly rebuiltUpTo: number;
}

/**
 * The epoch in which an arrival number was given: that of the last gate that was computed before it.
 * @param epochs of one campaign, ascending
 * @returns null when no gate on record is old enough
 */
export function epochOf(epochs: readonly GateEpoch[], arrivalNo: number): number | null {
  return epochs.findLast(({ rebuiltUpTo }) => rebuiltUpTo < arrivalNo)?.epoch ?? null;
}
