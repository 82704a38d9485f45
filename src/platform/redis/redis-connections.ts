import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventLog } from '../logging/event-log.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { Environment } from '../config/environment.js';
import { evictionPolicy } from './memory-policy.js';
import { openRedis, type Patience, type RedisClient } from './open-redis.js';
import { exampleKeys, isRefusal, whyRefused } from './redis-rights.js';

interface Connection {
  readonly redis: RedisClient;
  readonly purpose: Patience;
  readonly server: 'gates' | 'queue';
  /** Why the server does not let us in; null while it does, or when it can't be reached. */
  refusal: string | null;
}

/** Opens the service's connections to Redis, reports when one is lost, and closes them all at shutdown. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly log = new EventLog(RedisConnections.name);
  private readonly opened: Connection[] = [];

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
    const connection: Connection = { redis, purpose, server, refusal: null };
    let reported = false;
    const report = (error: Error): void => {
      if (isRefusal(error)) connection.refusal = error.message;
      if (!reported) this.log.write('redis-unavailable', { purpose, server, cause: error.message });
      reported = true;
    };
    redis.on('error', report);
    redis.on('node error', report);
    redis.on('ready', () => {
      reported = false;
      connection.refusal = null;
      void this.reportPolicy(redis, purpose);
    });
    this.opened.push(connection);
    return redis;
  }

  /** Why keys in Redis may disappear by themselves; null when they may not, or Redis cannot be asked just now. */
  async whyNotSafe(): Promise<string | null> {
    const policies = await Promise.all(this.opened.map(({ redis }) => evictionPolicy(redis)));
    const policy = policies.find((found) => found !== null);
    return policy === undefined || policy === null
      ? null
      : `maxmemory-policy is ${policy}, and must be noeviction`;
  }

  /**
   * For the start: that the Redis of the gates, and that of the queue, let us in and let us write what we write there.
   * @throws ConfigurationError by the name of the variable; none while a server can't be reached
   */
  async checkRights(): Promise<void> {
    const { REDIS_KEY_PREFIX, QUEUE_REDIS_URL } = this.environment;
    const [gates, queue] = [exampleKeys(REDIS_KEY_PREFIX, 'gates'), exampleKeys(REDIS_KEY_PREFIX, 'queue')];
    if (QUEUE_REDIS_URL === undefined) return this.checkServer('gates', 'REDIS_URL', [...gates, ...queue]);
    await this.checkServer('gates', 'REDIS_URL', gates);
    await this.checkServer('queue', 'QUEUE_REDIS_URL', queue);
  }

  private async checkServer(
    server: Connection['server'],
    variable: string,
    keys: readonly string[],
  ): Promise<void> {
    const asked = this.opened.find((open) => open.server === server && open.purpose === 'request');
    const refusal = asked && (asked.refusal ?? (await whyRefused(asked.redis, keys)));
    if (refusal)
      throw new ConfigurationError(
        `The Redis of ${variable} refuses us: ${refusal}. .env.example names the rights that its user needs`,
      );
  }

  private async reportPolicy(redis: RedisClient, purpose: Patience): Promise<void> {
    const policy = await evictionPolicy(redis);
    if (policy !== null) this.log.write('redis-evicts', { purpose, policy });
  }

  onApplicationShutdown(): void {
    for (const { redis } of this.opened) redis.disconnect();
  }
}
