import { Injectable } from '@nestjs/common';
import { GateRunner } from './gate-runner.js';
import { GateScript } from './gate-script.js';

/**
 * What a place, a slot or one in the line, takes of Redis once somebody has it (`integration/gate-layout` measures up to 180), and
 * some to spare: claims go on only while memory is left.
 */
const BYTES_A_PLACE = 200;

/** How many places the gates of an installation have, or will have. */
export interface Places {
  /** Of the campaign in question. */
  readonly wanted: number;
  /** Of all others that are not over: what they have not filled yet is theirs all the same. */
  readonly promised: number;
}

/** Tells whether Redis has room for one gate more (R20). */
@Injectable()
export class GateRoom {
  private readonly script = GateScript.read('memory');

  constructor(private readonly gates: GateRunner) {}

  /** @throws ioredis' own error when Redis can't be asked */
  async has(campaignId: string, { wanted, promised }: Places): Promise<boolean> {
    const [used, most] = (await this.gates.runScript(this.script, campaignId, [])) as [number, number];
    if (most === 0) return true;
    return wanted * BYTES_A_PLACE <= most - Math.max(used, promised * BYTES_A_PLACE);
  }
}
