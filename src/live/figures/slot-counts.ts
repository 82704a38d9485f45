/** Where the slots of a campaign are, and how many people wait: available + processing + settled = capacity. */
export interface SlotCounts {
  readonly available: number;
  readonly processing: number;
  readonly settled: number;
  readonly waiting: number;
}

export const SLOT_COUNTS = ['available', 'processing', 'settled', 'waiting'] as const;
