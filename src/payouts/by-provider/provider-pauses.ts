import { Inject, Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { REQUEST_REDIS, type RequestRedis } from '../../platform/redis/request-redis.js';
import { timeLeft } from './timed-key.js';

/** A timed key in Redis (`timed-key.ts`): until it expires, the provider wants no call from any worker. */
export const pauseKey = (prefix: string): string => `${prefix}-calls:pause`;

/** Likewise: until it expires, a worker makes no calls, since it got no answer. */
export const silenceKey = (prefix: string): string => `${prefix}-calls:silence`;

/**
 * Likewise: until it expires, operators are told that a worker has not the settings to pay what a provider has to pay.
 */
export const unconfiguredKey = (prefix: string): string => `${prefix}-calls:unconfigured`;

/** Why workers don't call the provider now. */
interface Pauses {
  /** The provider has asked for a pause. */
  readonly isPaused: boolean;
  /** The circuit breaker of a worker is open. */
  readonly isSilent: boolean;
  /** A worker that was to pay by the provider has not its settings. */
  readonly isUnconfigured: boolean;
}

/** Reads what the workers tell each other about the provider (`CallRate`), for processes that make no calls. */
@Injectable()
export class ProviderPauses {
  constructor(
    @Inject(REQUEST_REDIS) private readonly redis: RequestRedis,
    private readonly environment: Environment,
  ) {}

  /** Reports none while Redis can't be asked. */
  async read(): Promise<Pauses> {
    const { REDIS_KEY_PREFIX } = this.environment;
    const [isPaused = false, isSilent = false, isUnconfigured = false] = await Promise.all(
      [pauseKey, silenceKey, unconfiguredKey].map((key) =>
        timeLeft(this.redis, key(REDIS_KEY_PREFIX)).then(
          (ms) => ms > 0,
          () => false,
        ),
      ),
    );
    return { isPaused, isSilent, isUnconfigured };
  }
}
