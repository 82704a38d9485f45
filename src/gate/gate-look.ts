import { Inject, Injectable } from '@nestjs/common';
import { gateKeys } from './gate-keys.js';
import { GATE_REDIS, type GateRedis } from './gate-redis.js';
import { GateScript } from './gate-script.js';

/** A gate as it stands in Redis. */
export interface StandingGate {
  /** Null when there is none. */
  readonly epoch: string | null;
  /**
   * Whether it was built on the server that has it now, and on the line of data that this server follows (R11). A restart
   * changes who the server is, a promoted replica is another one, and so is the node to which a cluster has moved the
   * campaign; a server that followed another one and leads again has begun a new line. In each case the gate may be older
   * than what was answered to people.
   */
  readonly isAtHome: boolean;
}

const OLDEST_MAJOR = 7;

/** Looks at a gate together with the server that has it, at one instant. */
@Injectable()
export class GateLook {
  private readonly script = GateScript.read('look');

  constructor(@Inject(GATE_REDIS) private readonly redis: GateRedis) {}

  /** @throws Error when the server is older than Redis 7; ioredis' own when Redis can't be asked */
  async at(campaignId: string): Promise<StandingGate> {
    const reply = await this.script.call(this.redis, [gateKeys(campaignId).facts], []);
    const [version, epoch, isAtHome] = reply as [string, string, number];
    if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
      throw new Error(`Redis ${version} is too old: the gate needs ${OLDEST_MAJOR} or later.`);
    }
    return { epoch: epoch === '' ? null : epoch, isAtHome: isAtHome === 1 };
  }
}
