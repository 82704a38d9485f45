import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { GateOwnership } from '../../grants/slots/gate-ownership.js';
import { GATE_REDIS, type GateRedis } from '../../grants/slots/gate-redis.js';
import { RedisConnections } from '../redis/redis-connections.js';

/** Whether Redis answers, keeps what it is given, and the gates in it are this installation's (R17, R19). */
@Injectable()
export class RedisIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(GATE_REDIS) private readonly redis: GateRedis,
    private readonly connections: RedisConnections,
    private readonly ownership: GateOwnership,
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

  checkGates(): HealthIndicatorResult {
    const indicator = this.indicators.check('gates');
    const message = this.ownership.whyNot;
    return message === null ? indicator.up() : indicator.down({ message });
  }
}
