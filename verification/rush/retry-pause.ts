const shortestMs = 50;
const longestMs = 1_000;

/**
 * How long to wait before a request is repeated, in ms: what Retry-After says (in seconds), but at most a second, since a
 * rush is impatient; without one, longer with each attempt. Jittered, so that a crowd does not come back as one.
 * @param attempt 1 for the first repetition
 */
export function retryPauseMs(attempt: number, retryAfter: string | string[] | undefined): number {
  const told = Number(retryAfter) * 1_000;
  const wanted = told > 0 ? told : shortestMs * 2 ** Math.min(attempt, 10);
  return Math.min(wanted, longestMs) * (0.5 + Math.random() / 2);
}
