import { Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { ownerKey } from './gate-keys.js';
import { GateRunner } from './gate-runner.js';
import { GateScript } from './gate-script.js';

/** The clock by which a gate opens, closes and gives leases. */
@Injectable()
export class GateClock {
  private readonly script = GateScript.read('clock');

  constructor(
    private readonly gates: GateRunner,
    private readonly environment: Environment,
  ) {}

  /** Ms since 1970. @throws the error of ioredis when Redis can't be asked */
  async now(campaignId: string): Promise<number> {
    return Number(await this.gates.runOn(this.script, [this.gates.keys(campaignId).facts], []));
  }

  /**
   * The same by the server that holds the owner's record (R17): the clock of every gate, unless a cluster has spread
   * the gates over several servers. @throws as `now`
   */
  async ofOwner(): Promise<number> {
    return Number(await this.gates.runOn(this.script, [ownerKey(this.environment.REDIS_KEY_PREFIX)], []));
  }
}
