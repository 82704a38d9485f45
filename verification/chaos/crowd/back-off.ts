const shortestMs = 100;
const longestMs = 4_000;

/**
 * How long a client waits before it asks again, in ms: longer with each attempt, and jittered. Without that, a crowd that was
 * turned away keeps a service on a busy machine from ever catching up.
 * @param attempt 1 for the first repetition
 */
export function backOffMs(attempt: number): number {
  return Math.min(shortestMs * 2 ** Math.min(attempt, 10), longestMs) * (0.5 + Math.random() / 2);
}
