import { Injectable } from '@nestjs/common';
import { unavailable } from '../../platform/problems/problem.js';
import { GATE_LAYOUT } from './gate-layout.js';
import { GateRunner } from './gate-runner.js';
import { GateScript } from './gate-script.js';

/** A gate as it stands in Redis. */
export interface StandingGate {
  /** Null when there is none, and none is remembered. */
  readonly epoch: string | null;
  /** Empty when there is no gate: of one that was dropped, the epoch is left. */
  readonly nonce: string;
  /**
   * Whether it was built on the server that has it now, and on the line of data that this server follows (R11). A restart
   * changes who the server is, a promoted replica is another one, and so is the node to which a cluster has moved the
   * campaign; a server that followed another one and leads again has begun a new line. In each case the gate may be older
   * than what was answered to people.
   */
  readonly isOnSameServer: boolean;
  /** Whether it is laid out as this release reads it; an older one's is not (docs/adr/0014). */
  readonly hasCurrentLayout: boolean;
  /** Whether it was built from the database that this process works on (R15). */
  readonly isOurs: boolean;
  /** How far Postgres had come when that was noted last (R16). */
  readonly round: number;
  /** What it has lost, for a log; empty for nothing (R19). */
  readonly damage: string;
  /** Whether the campaign is over by Redis's clock, and nobody has told the gate what Postgres' says (R27). */
  readonly isClosing: boolean;
}

const OLDEST_MAJOR = 7;

/** Looks at a gate together with the server that has it, at one instant. */
@Injectable()
export class GateInspection {
  private readonly script = GateScript.read('look');

  constructor(private readonly runner: GateRunner) {}

  /**
   * @throws Problem 503 when a newer release has laid the gate out: were it rebuilt here, both would rebuild it by turns;
   *   Error when the server is older than Redis 7; ioredis' own when Redis can't be asked
   */
  async at(campaignId: string): Promise<StandingGate> {
    const reply = await this.runner.runScript(this.script, campaignId, []);
    const [version, epoch, nonce, isOnSameServer, layout, isOurs, round, damage, isClosing] = reply as Reply;
    if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
      throw new Error(`Redis ${version} is too old: the gate needs ${OLDEST_MAJOR} or later.`);
    }
    if (layout > GATE_LAYOUT) throw unavailable('The gate is a newer release’s.');
    return {
      epoch: epoch === '' ? null : epoch,
      nonce,
      isOnSameServer: isOnSameServer === 1,
      hasCurrentLayout: layout === GATE_LAYOUT,
      isOurs: isOurs === 1,
      round,
      damage,
      isClosing: isClosing === 1,
    };
  }
}

type Reply = [string, string, string, number, number, number, number, string, number];
