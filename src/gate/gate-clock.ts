import { Inject, Injectable } from '@nestjs/common';
import { gateKeys } from './gate-keys.js';
import { GATE_REDIS, type GateRedis } from './gate-redis.js';
import { GateScript } from './gate-script.js';

/** The clock by which a gate opens, closes and gives leases. */
@Injectable()
export class GateClock {
  private readonly script = GateScript.read('clock');

  constructor(@Inject(GATE_REDIS) private readonly redis: GateRedis) {}

  /** Ms since 1970. @throws ioredis' own error when Redis can't be asked */
  async now(campaignId: string): Promise<number> {
    return Number(await this.script.call(this.redis, [gateKeys(campaignId).facts], []));
  }
}
