import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterQueue, RateLimiterRedis } from 'rate-limiter-flexible';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Environment } from '../../platform/config/environment.js';
import type { RedisClient } from '../../platform/redis/open-redis.js';
import { RedisConnections } from '../../platform/redis/redis-connections.js';
import { pauseKey, silenceKey, unconfiguredKey } from './provider-pauses.js';
import { COUNT, prolong, timeLeft } from './timed-key.js';

/** A pause longer than this is not waited out: the job gives back what it has not begun. */
const LONGEST_WAIT_MS = 5_000;

/** How long operators see at least that a worker lacks the provider's settings. */
const UNCONFIGURED_SHOWN_MS = 15_000;

/** The state in Redis that all workers share. */
interface Shared {
  readonly queue: RateLimiterQueue;
  readonly redis: RedisClient;
}

/**
 * Limits all workers together to PAYOUT_HTTP_RATE calls a second (0: as many as there are), counted in Redis, and to
 * none while the provider wants a pause, whichever worker it told, and even if that worker was restarted. While Redis
 * is away, each worker keeps both limits by itself.
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
   * Waits for a turn to begin a payout. One caller at a time waits here, so that callers of `another` wait behind few.
   * @returns false when there is no turn soon, or `stopping` was aborted
   */
  turn(stopping: AbortSignal): Promise<boolean> {
    const turn = this.line.then(() => this.another(stopping));
    this.line = turn.catch(() => undefined);
    return turn;
  }

  /** Like `turn`, for a payout under way: ahead of those yet to begin. */
  async another(stopping: AbortSignal): Promise<boolean> {
    while (!stopping.aborted) {
      const pause = await this.pauseMs();
      if (pause > LONGEST_WAIT_MS) return false;
      if (pause > 0) await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
      else if (this.environment.PAYOUT_HTTP_RATE === 0) return true;
      else if ((await this.isCounted(stopping)) && (await this.pauseMs()) <= 0) return true;
    }
    return false;
  }

  /** Gives no turns in this process for `ms`. */
  rest(ms: number): void {
    this.restsUntil = Math.max(this.restsUntil, performance.now() + ms);
  }

  /**
   * Like `rest`, because the provider is silent. Operators see it (`ProviderPauses`) until a worker got an answer, or
   * had time to get one.
   */
  async restInSilence(ms: number): Promise<void> {
    this.rest(ms);
    const shownMs = Math.ceil(ms) + 2 * this.environment.PAYOUT_HTTP_TIMEOUT_MS;
    await this.tell((redis) => prolong(redis, this.silenceKey, shownMs));
  }

  /**
   * Operators see (`ProviderPauses`) that this process lacks the provider's settings, for longer than until a reaper
   * has looked at the campaign again.
   */
  async showUnconfigured(): Promise<void> {
    const { REDIS_KEY_PREFIX, SLOT_LEASE_MS, REAPER_INTERVAL_MS } = this.environment;
    const key = unconfiguredKey(REDIS_KEY_PREFIX);
    const shownMs = Math.max(UNCONFIGURED_SHOWN_MS, 2 * (SLOT_LEASE_MS + REAPER_INTERVAL_MS));
    await this.tell((redis) => prolong(redis, key, shownMs));
  }

  /** The provider answers again. */
  async endSilence(): Promise<void> {
    await this.tell((redis) => redis.unlink(this.silenceKey));
  }

  /** Gives no turns in any worker for `ms`, unless a longer pause is set. */
  async pauseAll(ms: number): Promise<void> {
    this.rest(ms);
    await this.tell((redis) => prolong(redis, this.pauseKey, Math.ceil(ms)));
  }

  /**
   * Tells the other workers, or operators. While Redis is away, the provider has to tell the workers, and nobody tells
   * operators.
   */
  private async tell(write: (redis: RedisClient) => Promise<unknown>): Promise<void> {
    await this.open()
      .then(({ redis }) => write(redis))
      .catch(() => undefined);
  }

  private async pauseMs(): Promise<number> {
    const { redis } = await this.open();
    const everybodys = await timeLeft(redis, this.pauseKey).catch(() => 0);
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

  /** If it fails (a file for TLS can't be read just now), the next caller tries again. */
  private open(): Promise<Shared> {
    return (this.shared ??= this.connect().catch((error: unknown) => {
      this.shared = undefined;
      throw error;
    }));
  }

  /** Connects on the first turn: only a worker that pays by provider needs the connection. */
  private async connect(): Promise<Shared> {
    const { PAYOUT_HTTP_RATE, REDIS_TIMEOUT_MS } = this.environment;
    const perSecond = { points: PAYOUT_HTTP_RATE, duration: 1 };
    const redis = this.connections.open('request');
    // Otherwise each worker would count its first calls by itself.
    await once(redis, 'ready', { signal: AbortSignal.timeout(REDIS_TIMEOUT_MS) }).catch(() => undefined);
    const counter = new RateLimiterRedis({
      ...perSecond,
      storeClient: redis,
      keyPrefix: this.keyPrefix,
      customIncrTtlLuaScript: COUNT,
      insuranceLimiter: new RateLimiterMemory(perSecond),
    });
    return { queue: new RateLimiterQueue(counter), redis };
  }
}
