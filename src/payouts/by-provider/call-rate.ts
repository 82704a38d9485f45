import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterQueue, RateLimiterRedis } from 'rate-limiter-flexible';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Environment } from '../../platform/config/environment.js';
import type { RedisClient } from '../../platform/redis/open-redis.js';
import { RedisConnections } from '../../platform/redis/redis-connections.js';
import { pauseKey, silenceKey } from './provider-pauses.js';

/** A pause that is longer than this is not waited for: the job gives back what it has not begun. */
const LONGEST_WAIT_MS = 5_000;

/** What is counted and looked up for all workers together, in Redis. */
interface Shared {
  readonly queue: RateLimiterQueue;
  readonly redis: RedisClient;
}

/**
 * PAYOUT_HTTP_RATE calls a second, all workers together, counted in Redis; and none before the provider wants any, whichever
 * worker it told, and if that one has been started anew. While Redis is away each worker keeps to both by itself.
 */
@Injectable()
export class CallRate {
  private shared: Promise<Shared> | undefined;
  private line: Promise<unknown> = Promise.resolve();
  /** By `performance.now()`. */
  private restsUntil = 0;
  private readonly keyPrefix: string;
  private readonly pauseKey: string;
  private readonly silenceKey: string;

  constructor(
    private readonly connections: RedisConnections,
    private readonly environment: Environment,
  ) {
    this.keyPrefix = `${environment.REDIS_KEY_PREFIX}-calls`;
    this.pauseKey = pauseKey(environment.REDIS_KEY_PREFIX);
    this.silenceKey = silenceKey(environment.REDIS_KEY_PREFIX);
  }

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
      const pause = await this.pauseMs();
      if (pause > LONGEST_WAIT_MS) return false;
      if (pause > 0) await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
      else if ((await this.isCounted(stopping)) && (await this.pauseMs()) <= 0) return true;
    }
    return false;
  }

  /** No turns in this process for so many ms. */
  rest(ms: number): void {
    this.restsUntil = Math.max(this.restsUntil, performance.now() + ms);
  }

  /** As `rest`, since the provider is silent; operators see it (`ProviderPauses`) until somebody had an answer, or had time to. */
  async restInSilence(ms: number): Promise<void> {
    this.rest(ms);
    const { redis } = await this.open();
    const shownMs = Math.ceil(ms) + 2 * this.environment.PAYOUT_HTTP_TIMEOUT_MS;
    await redis.set(this.silenceKey, '1', 'PX', shownMs).catch(() => undefined); // nobody but operators looks at it
  }

  /** The provider answers again. */
  async endSilence(): Promise<void> {
    const { redis } = await this.open();
    await redis.unlink(this.silenceKey).catch(() => undefined);
  }

  /** No turns in any worker for so many ms, if none has a longer pause. */
  async pauseAll(ms: number): Promise<void> {
    this.rest(ms);
    const { redis } = await this.open();
    const whole = Math.ceil(ms);
    await Promise.all([
      redis.set(this.pauseKey, '1', 'PX', whole, 'NX'),
      redis.pexpire(this.pauseKey, whole, 'GT'),
    ]).catch(() => undefined); // then the others have to be told by the provider
  }

  private async pauseMs(): Promise<number> {
    const { redis } = await this.open();
    const everybodys = await redis.pttl(this.pauseKey).catch(() => 0); // below zero when there is none
    return Math.max(everybodys, this.restsUntil - performance.now());
  }

  /** @returns whether one more call was counted before `stopping` was aborted */
  private async isCounted(stopping: AbortSignal): Promise<boolean> {
    const { queue } = await this.open();
    const counted = new AbortController();
    try {
      await Promise.race([queue.removeTokens(1), once(stopping, 'abort', { signal: counted.signal })]);
    } finally {
      counted.abort();
    }
    return !stopping.aborted;
  }

  private open(): Promise<Shared> {
    return (this.shared ??= this.connect());
  }

  /** On the first turn: only a worker that pays by provider needs the connection. */
  private async connect(): Promise<Shared> {
    const { PAYOUT_HTTP_RATE, REDIS_TIMEOUT_MS } = this.environment;
    const perSecond = { points: PAYOUT_HTTP_RATE, duration: 1 };
    const redis = this.connections.open('request');
    // Else the first calls of every worker would be counted by itself.
    await once(redis, 'ready', { signal: AbortSignal.timeout(REDIS_TIMEOUT_MS) }).catch(() => undefined);
    const counter = new RateLimiterRedis({
      ...perSecond,
      storeClient: redis,
      keyPrefix: this.keyPrefix,
      insuranceLimiter: new RateLimiterMemory(perSecond),
    });
    return { queue: new RateLimiterQueue(counter), redis };
  }
}
