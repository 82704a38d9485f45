import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventLog } from '../logging/event-log.js';
import { Environment } from '../config/environment.js';
import { evictionPolicy } from './memory-policy.js';
import { openRedis, type Patience, type RedisClient } from './open-redis.js';

/** Opens the service's connections to Redis, reports when one is lost, and closes them all at shutdown. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly log = new EventLog(RedisConnections.name);
  private readonly opened: RedisClient[] = [];

  constructor(private readonly environment: Environment) {}

  /**
   * @param purpose how long a command may wait, see `Patience`
   * @param server the Redis of the gates or that of the queue
   */
  open(
    purpose: Exclude<Patience, 'tool'>,
    server: 'gates' | 'queue' = purpose === 'queue' ? 'queue' : 'gates',
  ): RedisClient {
    const { REDIS_URL, QUEUE_REDIS_URL, REDIS_TIMEOUT_MS } = this.environment;
    const url = server === 'queue' ? (QUEUE_REDIS_URL ?? REDIS_URL) : REDIS_URL;
    const redis = openRedis(url, purpose, REDIS_TIMEOUT_MS, this.environment);
    let reported = false;
    const report = (error: Error): void => {
      if (!reported) this.log.write('redis-unavailable', { purpose, server, cause: error.message });
      reported = true;
    };
    redis.on('error', report);
    redis.on('node error', report);
    redis.on('ready', () => {
      reported = false;
      void this.reportPolicy(redis, purpose);
    });
    this.opened.push(redis);
    return redis;
  }

  /** Why keys in Redis may disappear by themselves; null when they may not, or Redis cannot be asked just now. */
  async whyNotSafe(): Promise<string | null> {
    const policies = await Promise.all(this.opened.map((redis) => evictionPolicy(redis)));
    const policy = policies.find((found) => found !== null);
    return policy === undefined || policy === null
      ? null
      : `maxmemory-policy is ${policy}, and must be noeviction`;
  }

  private async reportPolicy(redis: RedisClient, purpose: Patience): Promise<void> {
    const policy = await evictionPolicy(redis);
    if (policy !== null) this.log.write('redis-evicts', { purpose, policy });
  }

  onApplicationShutdown(): void {
    for (const redis of this.opened) redis.disconnect();
  }
}
