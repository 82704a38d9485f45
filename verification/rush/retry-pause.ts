const shortestMs = 50;
const longestMs = 1_000;

/**
 * How long to wait before a retry, in ms: the Retry-After (in seconds), but at most a second, because a rush is
 * impatient; without one, exponential. Jittered, so that a crowd does not return all at once.
 * @param attempt 1 for the first retry
 */
export function retryPauseMs(attempt: number, retryAfter: string | string[] | undefined): number {
  const told = Number(retryAfter) * 1_000;
  const wanted = told > 0 ? told : shortestMs * 2 ** Math.min(attempt, 10);
  return Math.min(wanted, longestMs) * (0.5 + Math.random() / 2);
}
