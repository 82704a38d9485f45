import { Inject, Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { REQUEST_REDIS, type RequestRedis } from '../../platform/redis/request-redis.js';

/** What `redis` has under it, with a time to live: until then the provider wants no call of anybody. */
export const pauseKey = (prefix: string): string => `${prefix}-calls:pause`;

/** The same: so long a worker calls nobody, since it had no answer. */
export const silenceKey = (prefix: string): string => `${prefix}-calls:silence`;

/** Why workers don't call the provider now. */
interface Pauses {
  /** It has asked for a pause. */
  readonly isPaused: boolean;
  /** The circuit breaker of a worker is open. */
  readonly isSilent: boolean;
}

/** Reads what the workers tell each other of the provider (`CallRate`), for whoever calls nobody. */
@Injectable()
export class ProviderPauses {
  constructor(
    @Inject(REQUEST_REDIS) private readonly redis: RequestRedis,
    private readonly environment: Environment,
  ) {}

  /** Neither, while Redis can't be asked. */
  async read(): Promise<Pauses> {
    const { REDIS_KEY_PREFIX } = this.environment;
    const [isPaused = false, isSilent = false] = await Promise.all(
      [pauseKey, silenceKey].map((key) =>
        this.redis.pttl(key(REDIS_KEY_PREFIX)).then(
          (ms) => ms > 0,
          () => false,
        ),
      ),
    );
    return { isPaused, isSilent };
  }
}
