import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterQueue, RateLimiterRedis } from 'rate-limiter-flexible';
import { once } from 'node:events';
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
  private queue: Promise<RateLimiterQueue> | undefined;
  private line: Promise<unknown> = Promise.resolve();
  private pausedUntil = 0;

  constructor(
    private readonly connections: RedisConnections,
    private readonly environment: Environment,
  ) {}

  /**
   * Waits for a turn to begin with something. One at a time does so, so that whoever asks for `another` waits for few.
   * @returns false when none is to be had soon, or `stopping` was aborted
   */
  turn(stopping: AbortSignal): Promise<boolean> {
    const turn = this.line.then(() => this.another(stopping));
    this.line = turn.catch(() => undefined);
    return turn;
  }

  /** As `turn`, for whoever is in the midst of something: past those who are yet to begin. */
  async another(stopping: AbortSignal): Promise<boolean> {
    while (!stopping.aborted) {
      const pause = this.pauseMs();
      if (pause > LONGEST_WAIT_MS) return false;
      if (pause > 0) await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
      else if ((await this.isCounted(stopping)) && this.pauseMs() <= 0) return true;
    }
    return false;
  }

  /** No turns for so many ms. */
  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, performance.now() + ms);
  }

  private pauseMs(): number {
    return this.pausedUntil - performance.now();
  }

  /** @returns whether one more call was counted before `stopping` was aborted */
  private async isCounted(stopping: AbortSignal): Promise<boolean> {
    const queue = await (this.queue ??= this.openQueue());
    const counted = new AbortController();
    try {
      await Promise.race([queue.removeTokens(1), once(stopping, 'abort', { signal: counted.signal })]);
    } finally {
      counted.abort();
    }
    return !stopping.aborted;
  }

  /** On the first turn: only a worker that pays by provider needs the connection. */
  private async openQueue(): Promise<RateLimiterQueue> {
    const { PAYOUT_HTTP_RATE, REDIS_TIMEOUT_MS, REDIS_KEY_PREFIX } = this.environment;
    const perSecond = { points: PAYOUT_HTTP_RATE, duration: 1 };
    const storeClient = this.connections.open('request');
    // Else the first calls of every worker would be counted by itself.
    await once(storeClient, 'ready', { signal: AbortSignal.timeout(REDIS_TIMEOUT_MS) }).catch(
      () => undefined,
    );
    return new RateLimiterQueue(
      new RateLimiterRedis({
        ...perSecond,
        storeClient,
        keyPrefix: `${REDIS_KEY_PREFIX}-calls`,
        insuranceLimiter: new RateLimiterMemory(perSecond),
      }),
    );
  }
}
