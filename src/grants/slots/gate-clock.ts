import { Injectable } from '@nestjs/common';
import { GateRunner } from './gate-runner.js';
import { GateScript } from './gate-script.js';

/** The clock by which a gate opens, closes and gives leases. */
@Injectable()
export class GateClock {
  private readonly script = GateScript.read('clock');

  constructor(private readonly gates: GateRunner) {}

  /** Ms since 1970. @throws the error of ioredis when Redis can't be asked */
  async now(campaignId: string): Promise<number> {
    return Number(await this.gates.runOn(this.script, [this.gates.keys(campaignId).facts], []));
  }
}
