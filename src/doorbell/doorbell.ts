import { InjectQueue } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { JobsOptions, Queue } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { Environment } from '../config/environment.js';
import { Metrics } from '../metrics/metrics.js';
import { withinDeadline } from './within-deadline.js';

export const PAYOUT_QUEUE = 'payouts';

/** A job: these people of this campaign may have a payout to be made. Postgres knows whether they do. */
export interface Ring {
  readonly campaignId: string;
  readonly userIds: readonly string[];
}

/** Whom a ring that is not sent yet will name. */
interface Gathered {
  readonly userIds: Set<string>;
  readonly rung: Promise<void>;
}

/** How many failed jobs BullMQ keeps for an operator to look at. */
const FAILED_KEPT = 1_000;

/** Between two rings for one campaign. Who is accepted meanwhile shares the next: paying hundreds at once costs little more than one. */
const PAUSE_MS = 400;

/** People in one ring at most, and so in one payout transaction. */
const RING_SIZE = 500;

/**
 * Tells the workers that there is something to pay. Only a doorbell: a ring that is lost or doubled changes nothing, since
 * the reaper rings again for whoever waits too long, and a worker asks Postgres what is to be done.
 */
@Injectable()
export class Doorbell implements BeforeApplicationShutdown {
  private readonly log = new Logger(Doorbell.name);
  /** By campaign, whom the next ring will name. */
  private readonly gathered = new Map<string, Gathered>();
  /** By campaign, fulfilled when it may be rung for again. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    @InjectQueue(PAYOUT_QUEUE) private readonly queue: Queue<Ring>,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
  ) {
    // BullMQ prints what nobody listens for. Whoever opened the connection reports outages, and `send` what it cost.
    queue.on('error', () => undefined);
  }

  /**
   * Rings for `userIds`: at once when it is quiet, else together with whoever comes until the next ring is due.
   * @returns a promise that never fails; fulfilled when the ring is in the queue, or lost. Nobody has to wait for it.
   */
  ring(campaignId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return Promise.resolve();
    const next = this.gathered.get(campaignId) ?? this.gather(campaignId);
    for (const userId of userIds) next.userIds.add(userId);
    return next.rung;
  }

  /** Whoever was accepted by then is rung for. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.gathered.values()].map(({ rung }) => rung));
    await Promise.all(this.turns.values());
  }

  private gather(campaignId: string): Gathered {
    const userIds = new Set<string>();
    const turn = this.turns.get(campaignId) ?? Promise.resolve();
    const rung = turn.then(() => {
      this.gathered.delete(campaignId);
      return this.send(campaignId, [...userIds]);
    });
    const over = rung
      .then(() => sleep(PAUSE_MS))
      .then(() => {
        if (this.turns.get(campaignId) === over) this.turns.delete(campaignId);
      });
    this.turns.set(campaignId, over);
    const next = { userIds, rung };
    this.gathered.set(campaignId, next);
    return next;
  }

  private async send(campaignId: string, userIds: readonly string[]): Promise<void> {
    const { REDIS_TIMEOUT_MS, PAYOUT_ATTEMPTS, PAYOUT_BACKOFF_MS } = this.environment;
    const opts: JobsOptions = {
      attempts: PAYOUT_ATTEMPTS,
      backoff: { type: 'exponential', delay: PAYOUT_BACKOFF_MS, jitter: 0.5 },
      removeOnComplete: true,
      removeOnFail: FAILED_KEPT,
    };
    const rings: { name: string; data: Ring; opts: JobsOptions }[] = [];
    for (let i = 0; i < userIds.length; i += RING_SIZE)
      rings.push({ name: 'pay', data: { campaignId, userIds: userIds.slice(i, i + RING_SIZE) }, opts });
    try {
      await withinDeadline(this.queue.addBulk(rings), REDIS_TIMEOUT_MS);
    } catch (error) {
      this.metrics.ringsLost.inc();
      this.log.warn({ msg: 'A ring was lost; the reaper will ring again', campaignId, cause: String(error) });
    }
  }
}
