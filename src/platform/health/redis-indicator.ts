import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { RedisConnections } from '../redis/redis-connections.js';
import { REQUEST_REDIS, type RequestRedis } from '../redis/request-redis.js';

/** Whether Redis answers and does not evict keys. */
@Injectable()
export class RedisIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(REQUEST_REDIS) private readonly redis: RequestRedis,
    private readonly connections: RedisConnections,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('redis');
    try {
      await this.redis.ping();
    } catch {
      return indicator.down();
    }
    const message = await this.connections.whyNotSafe();
    return message === null ? indicator.up() : indicator.down({ message });
  }
}
