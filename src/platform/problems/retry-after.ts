/** The range of seconds that a client is told to wait, both ends included. */
export interface RetryAfter {
  readonly from: number;
  readonly to: number;
}

/**
 * Draws a number from the range: clients turned away at the same time should not come back at the same time.
 * @param chance in [0, 1)
 */
export function secondsToWait({ from, to }: RetryAfter, chance = Math.random()): number {
  return from + Math.floor(chance * (to - from + 1));
}
