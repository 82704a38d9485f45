import { Injectable } from '@nestjs/common';
import { unavailable } from '../../platform/problems/problem.js';
import { GATE_LAYOUT } from './gate-layout.js';
import { GateRunner } from './gate-runner.js';
import { GateScript } from './gate-script.js';

/** A gate as it stands in Redis. */
export interface StandingGate {
  /** Null when there is neither a gate nor the epoch of a dropped one. */
  readonly epoch: string | null;
  /** Empty when there is no gate: a dropped one leaves only its epoch. */
  readonly nonce: string;
  /**
   * Whether it was built on the server that holds it now, and on the line of data that this server follows (R11). A
   * restart changes the identity of a server. A promoted replica is another server, and so is the node to which a
   * cluster moved the campaign. A server that followed another one and leads again has begun a new line. In each case
   * the gate may be older than the answers that users were given.
   */
  readonly isOnSameServer: boolean;
  /** Whether its layout is the one that this release reads; that of an older gate is not (docs/adr/0014). */
  readonly hasCurrentLayout: boolean;
  /** Whether it was built from the database that this process works on (R15). */
  readonly isOurs: boolean;
  /** The round of Postgres that was noted last (R16). */
  readonly round: number;
  /** What it has lost, for the log; empty for nothing (R19). */
  readonly damage: string;
  /**
   * Whether the campaign is over by Redis's clock, and the gate was not told that it is over by Postgres' clock (R27).
   */
  readonly isClosing: boolean;
}

const OLDEST_MAJOR = 7;

/** Looks at a gate and the server that holds it, at one instant. */
@Injectable()
export class GateInspection {
  private readonly script = GateScript.read('look');

  constructor(private readonly runner: GateRunner) {}

  /**
   * @throws Problem 503 when a newer release built the gate: rebuilding it here would make the two releases rebuild it
   *   in turns; Error when the server is older than Redis 7; the error of ioredis when Redis can't be asked
   */
  async at(campaignId: string): Promise<StandingGate> {
    const reply = await this.runner.runScript(this.script, campaignId, []);
    const [version, epoch, nonce, isOnSameServer, layout, isOurs, round, damage, isClosing] = reply as Reply;
    if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
      throw new Error(`Redis ${version} is too old: the gate needs ${OLDEST_MAJOR} or later.`);
    }
    if (layout > GATE_LAYOUT) throw unavailable('The gate was built by a newer release.');
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
