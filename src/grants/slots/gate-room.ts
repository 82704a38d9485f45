import { Injectable } from '@nestjs/common';
import { GateRunner } from './gate-runner.js';
import { GateScript } from './gate-script.js';

/**
 * Memory of Redis per place that is taken, a slot or one in the line, with a margin (`integration/gate-layout` measures
 * up to 180): claims go on only while memory is left.
 */
const BYTES_A_PLACE = 200;

/** How many places the gates of an installation have, or will have. */
export interface Places {
  /** Of the campaign in question. */
  readonly wanted: number;
  /** Of all others that are not over: their places count even while nobody has them. */
  readonly promised: number;
}

/** Tells whether Redis has room for one more gate (R20). */
@Injectable()
export class GateRoom {
  private readonly script = GateScript.read('memory');

  constructor(private readonly gates: GateRunner) {}

  /** @throws the error of ioredis when Redis can't be asked */
  async has(campaignId: string, { wanted, promised }: Places): Promise<boolean> {
    const [used, most] = (await this.gates.runScript(this.script, campaignId, [])) as [number, number];
    if (most === 0) return true;
    return wanted * BYTES_A_PLACE <= most - Math.max(used, promised * BYTES_A_PLACE);
  }
}
