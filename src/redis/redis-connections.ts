import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { Environment } from '../config/environment.js';

const RECONNECT_CEILING_MS = 500;

/**
 * Opens Redis connections for the two ways in which the service waits, and closes them all at the end.
 *
 * `request`: somebody waits for the answer. A server that is away fails the command at once, one that is silent
 * after REDIS_TIMEOUT_MS, and no command is ever sent twice behind our back: whether to ask again is the caller's choice.
 *
 * `queue`: BullMQ's. It blocks for jobs and outlives any outage, so it waits without end.
 */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly log = new Logger(RedisConnections.name);
  private readonly opened: Redis[] = [];

  constructor(private readonly environment: Environment) {}

  /** @param purpose how long a command may wait, see above */
  open(purpose: 'request' | 'queue'): Redis {
    const waiting: RedisOptions =
      purpose === 'queue'
        ? { maxRetriesPerRequest: null }
        : {
            enableOfflineQueue: false,
            maxRetriesPerRequest: 0,
            autoResendUnfulfilledCommands: false,
            commandTimeout: this.environment.REDIS_TIMEOUT_MS,
          };
    const redis = new Redis(this.environment.REDIS_URL, {
      ...waiting,
      connectTimeout: this.environment.REDIS_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_CEILING_MS),
    });
    let reported = false;
    redis.on('error', (error) => {
      if (!reported) this.log.warn({ msg: 'Redis is out of reach', purpose, cause: error.message });
      reported = true;
    });
    redis.on('ready', () => {
      reported = false;
    });
    this.opened.push(redis);
    return redis;
  }

  onApplicationShutdown(): void {
    for (const redis of this.opened) redis.disconnect();
  }
}
