import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterQueue, RateLimiterRedis } from 'rate-limiter-flexible';
import { setTimeout as sleep } from 'node:timers/promises';
import { Environment } from '../../config/environment.js';
import { RedisConnections } from '../../redis/redis-connections.js';

/** A pause that is longer than this is not waited for: the job gives back what it has not begun. */
const LONGEST_WAIT_MS = 5_000;

/**
 * PAYOUT_HTTP_RATE calls a second, all workers together, counted in Redis; and none before the provider wants any. While
 * Redis is away each worker keeps to the rate by itself.
 */
@Injectable()
export class CallRate {
  private queue: RateLimiterQueue | undefined;
  private pausedUntil = 0;

  constructor(
    private readonly connections: RedisConnections,
    private readonly environment: Environment,
  ) {}

  /** Waits for a turn. @returns false when none is to be had soon, or `stopping` was aborted */
  async turn(stopping: AbortSignal): Promise<boolean> {
    for (let pause = this.pauseMs(); pause > 0; pause = this.pauseMs()) {
      if (pause > LONGEST_WAIT_MS || stopping.aborted) return false;
      await sleep(pause);
    }
    if (stopping.aborted) return false;
    this.queue ??= this.openQueue();
    await this.queue.removeTokens(1);
    return !stopping.aborted && this.pauseMs() <= 0;
  }

  /** No turns for so many ms. */
  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, performance.now() + ms);
  }

  private pauseMs(): number {
    return this.pausedUntil - performance.now();
  }

  /** On the first turn: only a worker that pays by provider needs the connection. */
  private openQueue(): RateLimiterQueue {
    const perSecond = { points: this.environment.PAYOUT_HTTP_RATE, duration: 1 };
    return new RateLimiterQueue(
      new RateLimiterRedis({
        ...perSecond,
        storeClient: this.connections.open('request'),
        keyPrefix: 'payout-calls',
        insuranceLimiter: new RateLimiterMemory(perSecond),
      }),
    );
  }
}
