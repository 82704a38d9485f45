import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../problems/problem.js';

/** A fixed-window limit in this process's memory: it must not cost a Redis call, since it shields Redis. */
export class RateLimit {
  private readonly limiter: RateLimiterMemory;

  /**
   * @param points requests per window
   * @param windowMs the window's length in ms
   */
  constructor(points: number, windowMs: number) {
    this.limiter = new RateLimiterMemory({ points, duration: windowMs / 1_000 });
  }

  /** Counts one request. @throws Problem 429 with Retry-After when `key` has had its share of this window */
  async count(key: string): Promise<void> {
    try {
      await this.limiter.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new Problem(429, 'too-many-requests', 'Too many requests', {
        headers: { 'Retry-After': String(Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000))) },
      });
    }
  }
}
