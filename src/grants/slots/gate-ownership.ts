import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { EventLog } from '../../platform/logging/event-log.js';
import { ConfigurationError } from '../../platform/config/configuration-error.js';
import { Environment } from '../../platform/config/environment.js';
import { Readiness } from '../../platform/health/readiness.js';
import { unavailable } from '../../platform/problems/problem.js';
import { REQUEST_REDIS, type RequestRedis } from '../../platform/redis/request-redis.js';
import { GateScript } from './gate-script.js';
import { type DatabaseState, type NotedState, raiseRound } from './installation.js';

/** How often an instance says that it runs. */
const BEAT_MS = 1_000;

/** An installation of which nobody has said so for this long is over. */
const SILENCE_MS = 10_000;

/** How long the start waits for Redis before it goes on without: it is not ready then. */
const START_PATIENCE_MS = 2_000;
const SHORT_PAUSE_MS = 50;

/** What the keys are somebody else's for, in the words of an operator's log and of readiness. */
const FOREIGN =
  'Another installation uses this Redis with the same REDIS_KEY_PREFIX, from another database: give each a prefix of its own.';

interface Owner {
  readonly isOurs: boolean;
  readonly noted: NotedState;
  /** The latest sign of life of another instance of the owner, by Redis's clock; 0 for none. */
  readonly heartbeat: number;
}

/**
 * R17: the keys with a prefix belong to one installation, that is, to one line of data in one database (R15). Each instance says
 * every second that it runs: first to Postgres, by raising the round (R16), then to Redis, where it learns whose the keys are. An
 * instance that is not theirs serves nobody; when they are nobody's any more, they are its own.
 */
@Injectable()
export class GateOwnership implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new EventLog(GateOwnership.name);
  private readonly script = GateScript.read('own');
  private readonly instance = randomUUID();
  private readonly changed: (() => void)[] = [];
  private readonly ownerKey: string;
  private state: DatabaseState = { identity: '', round: 0, isSetBack: false };
  private noted: NotedState = { identity: '', round: 0 };
  private obstacle: string | null = 'This instance has not found out yet whose the gates are.';
  private beating: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(REQUEST_REDIS) private readonly redis: RequestRedis,
    readiness: Readiness,
    environment: Environment,
  ) {
    readiness.add('gates', () => this.obstacle);
    this.ownerKey = `${environment.REDIS_KEY_PREFIX}:owner`;
  }

  /** Of the database that this process works on; empty until that was found out. */
  get identity(): string {
    return this.state.identity;
  }

  /** The last round that this process has committed. */
  get round(): number {
    return this.state.round;
  }

  /** Calls `listener` whenever the database has turned out to be another one, or older than it was. */
  onChange(listener: () => void): void {
    this.changed.push(listener);
  }

  /** @throws ConfigurationError when the keys are another installation's, which is running */
  async onModuleInit(): Promise<void> {
    const giveUpAt = performance.now() + START_PATIENCE_MS;
    let heartbeat = 0;
    for (;;) {
      try {
        const owner = await this.beatOnce();
        if (owner.isOurs) break;
        if (heartbeat !== 0 && owner.heartbeat > heartbeat) throw new ConfigurationError(FOREIGN);
        heartbeat ||= owner.heartbeat;
        // Nobody may be left who said so: the next sign of life, or the end of the silence, will tell.
        await sleep(BEAT_MS);
      } catch (error) {
        if (error instanceof ConfigurationError) throw error;
        if (performance.now() > giveUpAt) break;
        await sleep(SHORT_PAUSE_MS);
      }
    }
    this.timer = setInterval(() => void this.beat().catch(() => undefined), BEAT_MS);
    this.timer.unref();
  }

  /** What this instance kept to itself is anybody's at once, not only after the silence. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.beating?.catch(() => undefined);
    await this.ask(this.state, { isEnding: true }).catch(() => undefined);
  }

  /**
   * Asks both again which database this is, and whose the gates are. At once, not only with the next beat.
   * @throws the drivers' errors when one of the two can't be asked
   */
  beat(): Promise<void> {
    return (this.beating ??= this.beatOnce()
      .then(() => undefined)
      .finally(() => (this.beating = undefined)));
  }

  /** @throws Problem 503 when the gates are another installation's, or it is not known whose they are */
  mustBeOurs(): void {
    if (this.obstacle !== null) throw unavailable(this.obstacle);
  }

  /** A gate has noted a later round than Postgres has come to: it holds what Postgres has lost (R16). */
  async isAhead(round: number): Promise<void> {
    this.noted = { identity: this.identity, round: Math.max(round, this.noted.round) };
    await this.beat();
  }

  private async beatOnce(): Promise<Owner> {
    if (this.noted.identity === '') this.noted = (await this.ask(null)).noted;
    const state = await raiseRound(this.source, this.noted);
    this.learn(state);
    const owner = await this.ask(state);
    if (owner.isOurs) this.noted = owner.noted;
    this.resolve(owner.isOurs ? null : FOREIGN);
    return owner;
  }

  private learn(state: DatabaseState): void {
    const before = this.state;
    this.state = state;
    if (state.isSetBack) this.log.write('database-set-back', { round: state.round });
    if (before.identity !== '' && before.identity !== state.identity) {
      this.noted = { identity: '', round: 0 };
      for (const listener of this.changed) listener();
    }
  }

  private resolve(obstacle: string | null): void {
    if (obstacle === this.obstacle) return;
    this.obstacle = obstacle;
    if (obstacle === null) this.log.write('gates-owned');
    else this.log.write('gates-not-owned', { cause: obstacle });
  }

  private async ask(state: DatabaseState | null, { isEnding = false } = {}): Promise<Owner> {
    const { identity, round } = state ?? { identity: '', round: 0 };
    const [isOurs, owner, noted, heartbeat] = (await this.script.call(
      this.redis,
      [this.ownerKey],
      [identity, this.instance, round, SILENCE_MS, isEnding ? 0 : 1],
    )) as [number, string, number, number];
    return { isOurs: isOurs === 1, noted: { identity: owner, round: noted }, heartbeat };
  }
}
