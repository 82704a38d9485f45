import { Problem } from '../problems/problem.js';

/** The maximum number of keys in a generation; there are two generations, of about 100 bytes per key. */
const KEYS_MAX = 500_000;

/**
 * A limit per key and window, in this process's memory: it shields Redis, so it must not cost a Redis call. All keys
 * share one window, so that all counts are dropped at once and no key needs a timer (docs/adr/0005). A client that
 * invents keys without end evicts only keys that have not come since half a million others did.
 */
export class RateLimit {
  private counts = new Map<string, number>();
  /** The counts of the previous generation, in the same window. */
  private earlier = new Map<string, number>();
  private windowEnds = 0;

  /**
   * @param points requests per window
   * @param windowMs the window's length in ms
   * @param keysMax the maximum number of keys in a generation
   */
  constructor(
    private readonly points: number,
    private readonly windowMs: number,
    private readonly keysMax = KEYS_MAX,
  ) {}

  /** Counts one request. @throws Problem 429 with Retry-After when `key` has used up its share of this window */
  count(key: string): void {
    const now = performance.now();
    if (now >= this.windowEnds) {
      this.counts = new Map();
      this.earlier = new Map();
      this.windowEnds = now + this.windowMs;
    } else if (this.counts.size >= this.keysMax) {
      this.earlier = this.counts;
      this.counts = new Map();
    }
    const count = (this.counts.get(key) ?? this.earlier.get(key) ?? 0) + 1;
    this.counts.set(key, Math.min(count, this.points));
    if (count > this.points) {
      throw new Problem(429, 'too-many-requests', 'Too many requests', {
        headers: { 'Retry-After': String(Math.ceil((this.windowEnds - now) / 1_000)) },
      });
    }
  }
}
