import { randomUUID } from 'node:crypto';
import type { RequestRedis } from '../../platform/redis/request-redis.js';
import { ownerKey } from './gate-keys.js';
import { GATE_LAYOUT } from './gate-layout.js';
import { GateScript } from './gate-script.js';
import type { DatabaseState, NotedState } from './installation.js';

/** An owner without a heartbeat for this long is taken over. */
const SILENCE_MS = 10_000;

/** A name for an instance of this release. It says which gates the instance can read (`gate-removal.ts`). */
export function newInstanceName(): string {
  return `layout-${GATE_LAYOUT}.${randomUUID()}`;
}

/** The layout of the gates that an instance reads; 0 for one of a release that did not say. */
export function layoutOfInstance(name: string): number {
  return Number(/^layout-(\d+)[.]/.exec(name)?.[1] ?? 0);
}

/** The installation that owns the keys with our prefix on one Redis. */
export interface Owner {
  readonly isOurs: boolean;
  readonly noted: NotedState;
  /** The latest heartbeat of another instance of the owner, in ms by Redis' clock; 0 for none. */
  readonly heartbeat: number;
}

/** The record of which installation owns a key prefix on one Redis, with a heartbeat per instance (R17). */
export class KeyOwner {
  private readonly script = GateScript.read('own');
  private readonly key: string;

  constructor(
    private readonly redis: RequestRedis,
    prefix: string,
    private readonly instance: string,
  ) {
    this.key = ownerKey(prefix);
  }

  /**
   * Sends a heartbeat for this database; with null, only reads the owner.
   * @throws the ioredis error if Redis is unreachable
   */
  async ask(state: DatabaseState | null, { isEnding = false } = {}): Promise<Owner> {
    const { identity, round } = state ?? { identity: '', round: 0 };
    const [isOurs, owner, noted, heartbeat] = (await this.script.call(
      this.redis,
      [this.key],
      [identity, this.instance, round, SILENCE_MS, isEnding ? 0 : 1],
    )) as [number, string, number, number];
    return { isOurs: isOurs === 1, noted: { identity: owner, round: noted }, heartbeat };
  }
}
