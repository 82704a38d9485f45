import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { EventLog } from '../../platform/logging/event-log.js';
import { ConfigurationError } from '../../platform/config/configuration-error.js';
import { Environment } from '../../platform/config/environment.js';
import { Readiness } from '../../platform/health/readiness.js';
import { unavailable } from '../../platform/problems/problem.js';
import { RedisConnections } from '../../platform/redis/redis-connections.js';
import { isRefusal } from '../../platform/redis/redis-rights.js';
import { REQUEST_REDIS, type RequestRedis } from '../../platform/redis/request-redis.js';
import { type DatabaseState, type NotedState, raiseRound } from './installation.js';
import { KeyOwner, newInstanceName, type Owner } from './key-owner.js';

/** The interval of heartbeats. */
const BEAT_MS = 1_000;

/** How long the start waits for Redis before it goes on without: the instance is not ready then. */
const START_PATIENCE_MS = 2_000;
const SHORT_PAUSE_MS = 50;

/** Why the keys are not ours, in words for the log and for readiness. */
const FOREIGN =
  'Another installation uses this Redis with the same REDIS_KEY_PREFIX, from another database: give each a prefix of its own.';
const FOREIGN_QUEUE =
  'Another installation uses the Redis of QUEUE_REDIS_URL with the same REDIS_KEY_PREFIX, from another database: its workers and ours take ' +
  'each other’s jobs. Give each a prefix of its own.';

/**
 * R17: the keys with a prefix belong to one installation, that is, to one line of data in one database (R15). Each
 * instance sends a heartbeat every second: first to Postgres, by raising the round (R16), then to Redis, which answers
 * with the owner of the keys. An instance of another installation serves nobody; it takes the keys over once they have
 * no owner. A separate Redis for the queue has an owner of the same kind: an instance that finds another installation
 * there does not start. A running instance goes on and is not ready, because the reaper makes up for lost rings (R21).
 */
@Injectable()
export class GateOwnership implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new EventLog(GateOwnership.name);
  private readonly changed: (() => void)[] = [];
  private readonly gates: KeyOwner;
  /** Only if the queue has a separate Redis. */
  private readonly queue: KeyOwner | undefined;
  private state: DatabaseState = { identity: '', round: 0, isSetBack: false };
  private noted: NotedState = { identity: '', round: 0 };
  private obstacle: string | null = 'This instance does not know yet who owns the gates.';
  private queueObstacle: string | null = null;
  /** The heartbeat that is under way, or the last one; never fails. */
  private beating: Promise<unknown> = Promise.resolve();
  /** The heartbeat after that. */
  private next: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(REQUEST_REDIS) redis: RequestRedis,
    private readonly connections: RedisConnections,
    readiness: Readiness,
    { REDIS_KEY_PREFIX, QUEUE_REDIS_URL }: Environment,
  ) {
    const instance = newInstanceName();
    this.gates = new KeyOwner(redis, REDIS_KEY_PREFIX, instance);
    readiness.add('gates', () => this.obstacle);
    if (QUEUE_REDIS_URL === undefined) return;
    this.queue = new KeyOwner(connections.open('request', 'queue'), REDIS_KEY_PREFIX, instance);
    readiness.add('queue', () => this.queueObstacle);
  }

  /** The identity of the database that this process works on; empty until it is known. */
  get identity(): string {
    return this.state.identity;
  }

  /** The last round that this process has committed. */
  get round(): number {
    return this.state.round;
  }

  /** Calls `listener` whenever the database has turned out to be another one, or to have been set back. */
  onChange(listener: () => void): void {
    this.changed.push(listener);
  }

  /**
   * @throws ConfigurationError when the keys, or the queue's, belong to another installation that is running, or when
   *   Redis refuses our user
   */
  async onModuleInit(): Promise<void> {
    await this.settle(() => this.beatOnce(), FOREIGN);
    if (this.queue) await this.settle(() => this.beatAtQueue(), FOREIGN_QUEUE);
    await this.connections.checkRights();
    this.timer = setInterval(() => {
      void this.beat().catch(() => undefined);
      void this.beatAtQueue().catch(() => undefined); // RedisConnections reports outages
    }, BEAT_MS);
    this.timer.unref();
  }

  /** Withdraws the heartbeat, so that others can take the keys over at once and not only after the silence. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await (this.next ?? this.beating).catch(() => undefined);
    const owners = this.queue ? [this.gates, this.queue] : [this.gates];
    await Promise.allSettled(owners.map((owner) => owner.ask(this.state, { isEnding: true })));
  }

  /**
   * Asks Postgres which database it is, and Redis who owns the gates, without waiting for the next heartbeat. One that
   * is under way has asked before, so it does not count.
   * @throws the drivers' errors when one of the two can't be asked
   */
  beat(): Promise<void> {
    return (this.next ??= this.beating.then(async () => {
      this.next = undefined;
      const beating = this.beatOnce();
      this.beating = beating.catch(() => undefined);
      await beating;
    }));
  }

  /** @throws Problem 503 when the gates belong to another installation, or their owner is not known */
  mustBeOurs(): void {
    if (this.obstacle !== null) throw unavailable(this.obstacle);
  }

  /** A gate has noted a later round than Postgres has reached: it holds what Postgres has lost (R16). */
  async isAhead(round: number): Promise<void> {
    this.noted = { identity: this.identity, round: Math.max(round, this.noted.round) };
    await this.beat();
  }

  private async beatOnce(): Promise<Owner> {
    if (this.noted.identity === '') this.noted = (await this.gates.ask(null)).noted;
    const state = await raiseRound(this.source, this.noted);
    this.learn(state);
    const owner = await this.gates.ask(state);
    if (owner.isOurs) this.noted = laterOf(this.noted, owner.noted);
    this.resolve(owner.isOurs ? null : FOREIGN);
    return owner;
  }

  /**
   * @returns null without a separate Redis for the queue, or before the database is known
   * @throws as `KeyOwner.ask`
   */
  private async beatAtQueue(): Promise<Owner | null> {
    if (!this.queue || this.identity === '') return null;
    const owner = await this.queue.ask(this.state);
    const obstacle = owner.isOurs ? null : FOREIGN_QUEUE;
    if (obstacle !== null && obstacle !== this.queueObstacle)
      this.log.write('queue-not-owned', { cause: obstacle });
    this.queueObstacle = obstacle;
    return owner;
  }

  /**
   * For the start: sends heartbeats until this installation owns the keys, or Redis has been unreachable for
   * START_PATIENCE_MS, or refuses us.
   * @throws ConfigurationError when another installation sends heartbeats
   */
  private async settle(beat: () => Promise<Owner | null>, foreign: string): Promise<void> {
    const giveUpAt = performance.now() + START_PATIENCE_MS;
    let heartbeat = 0;
    for (;;) {
      try {
        const owner = await beat();
        if (owner === null || owner.isOurs) return;
        if (heartbeat !== 0 && owner.heartbeat > heartbeat) throw new ConfigurationError(foreign);
        heartbeat ||= owner.heartbeat;
        // The instance behind it may be gone: the next heartbeat, or the end of the silence, will tell.
        await sleep(BEAT_MS);
      } catch (error) {
        if (error instanceof ConfigurationError) throw error;
        if (performance.now() > giveUpAt || isRefusal(error)) return;
        await sleep(SHORT_PAUSE_MS);
      }
    }
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
}

/** What Redis has noted last; a gate may have told of a later round. */
function laterOf(known: NotedState, last: NotedState): NotedState {
  return known.identity === last.identity && known.round > last.round ? known : last;
}
