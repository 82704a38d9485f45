/** Between how many seconds a client is told to wait, both included. */
export interface RetryAfter {
  readonly from: number;
  readonly to: number;
}

/**
 * One of these, by chance: whoever was turned away at the same time should not come back at the same time.
 * @param chance from 0 up to, but not including, 1
 */
export function secondsToWait({ from, to }: RetryAfter, chance = Math.random()): number {
  return from + Math.floor(chance * (to - from + 1));
}
