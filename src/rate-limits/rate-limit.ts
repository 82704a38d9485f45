import { Problem } from '../problems/problem.js';

/** Keys counted at most; were there more, the window would end early rather than take all memory. */
const KEYS_MAX = 1_000_000;

/**
 * A limit per key and window, in this process's memory: it must not cost a Redis call, since it shields Redis. All keys share
 * one window, so that what was counted is forgotten at once and no key needs a timer (docs/adr/0005).
 */
export class RateLimit {
  private counts = new Map<string, number>();
  private windowEnds = 0;

  /**
   * @param points requests per window
   * @param windowMs the window's length in ms
   */
  constructor(
    private readonly points: number,
    private readonly windowMs: number,
  ) {}

  /** Counts one request. @throws Problem 429 with Retry-After when `key` has had its share of this window */
  count(key: string): void {
    const now = performance.now();
    if (now >= this.windowEnds || this.counts.size > KEYS_MAX) {
      this.counts = new Map();
      this.windowEnds = now + this.windowMs;
    }
    const count = (this.counts.get(key) ?? 0) + 1;
    if (count > this.points) {
      throw new Problem(429, 'too-many-requests', 'Too many requests', {
        headers: { 'Retry-After': String(Math.ceil((this.windowEnds - now) / 1_000)) },
      });
    }
    this.counts.set(key, count);
  }
}
