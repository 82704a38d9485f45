const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/**
 * How long to wait before a request is sent again: what the service asked for, or full jitter below a bound that
 * doubles, whichever is longer. The first request is never delayed: that would change who was first.
 * @param failures how many have failed in a row, from 1
 * @param retryAfterMs what the answer asked for
 * @param chance in [0, 1)
 */
export function retryDelay(failures: number, retryAfterMs: number | null, chance = Math.random()): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return Math.max(retryAfterMs ?? 0, chance * bound);
}
