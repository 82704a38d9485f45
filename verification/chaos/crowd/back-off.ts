const shortestMs = 100;
const longestMs = 4_000;

/**
 * How long a client waits before a retry, in ms: exponential, with jitter. Without it, the retries of refused clients
 * keep a service on a busy machine from ever catching up.
 * @param attempt 1 for the first retry
 */
export function backOffMs(attempt: number): number {
  return Math.min(shortestMs * 2 ** Math.min(attempt, 10), longestMs) * (0.5 + Math.random() / 2);
}
