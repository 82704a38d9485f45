import { InjectQueue } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { JobsOptions, Queue } from 'bullmq';
import { Environment } from '../config/environment.js';
import { Metrics } from '../metrics/metrics.js';
import { withinDeadline } from './within-deadline.js';

export const PAYOUT_QUEUE = 'payouts';

/** A job: these people of this campaign may have a payout to be made. Postgres knows whether they do. */
export interface Ring {
  readonly campaignId: string;
  readonly userIds: readonly string[];
}

/** People who come one after the other for slots of one campaign. */
interface Rush {
  /** Who is to be rung for, in the order in which they came. */
  readonly held: Set<string>;
  /** By `performance.now()`. */
  lastRungAt: number;
  /** Runs out when nobody has come for a while. */
  readonly quiet: NodeJS.Timeout;
}

/** How many failed jobs BullMQ keeps for an operator to look at. */
const FAILED_KEPT = 1_000;

/** When nobody has come for so long, the rush is over, or there is none. */
const QUIET_MS = 100;

/** While people keep coming for slots, so often … */
const PAUSE_MS = 500;
/** … this share of those who have one is rung for. The others are held, but not for much longer than PAUSE_MS / SHARE: docs/adr/0017. */
const SHARE = 0.2;

/** People in one ring at most, and so in one payout transaction. */
const RING_SIZE = 1_000;

/**
 * Tells the workers that there is something to pay. Only a doorbell: a ring that is lost or doubled changes nothing, since
 * the reaper rings again for whoever waits too long, and a worker asks Postgres what is to be done.
 */
@Injectable()
export class Doorbell implements BeforeApplicationShutdown {
  private readonly log = new Logger(Doorbell.name);
  /** By campaign. */
  private readonly rushes = new Map<string, Rush>();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    @InjectQueue(PAYOUT_QUEUE) private readonly queue: Queue<Ring>,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
  ) {
    // BullMQ prints what nobody listens for. Whoever opened the connection reports outages, and `send` what it cost.
    queue.on('error', () => undefined);
  }

  /**
   * Rings for `userIds` now.
   * @returns a promise that never fails; fulfilled when the ring is in the queue, or lost
   */
  ring(campaignId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return Promise.resolve();
    const sent = this.send(campaignId, userIds).finally(() => this.underWay.delete(sent));
    this.underWay.add(sent);
    return sent;
  }

  /**
   * Rings for `userIds` when it keeps nobody from getting a slot: now if it is quiet, else once for all who come until it
   * is, and meanwhile now and then for some. Paying hundreds at once costs little more than paying one. Nobody waits for it.
   */
  ringWhenQuiet(campaignId: string, userIds: readonly string[]): void {
    if (userIds.length === 0) return;
    const rush = this.rushes.get(campaignId);
    if (!rush) {
      this.expectMore(campaignId);
      void this.ring(campaignId, userIds);
      return;
    }
    rush.quiet.refresh();
    for (const userId of userIds) rush.held.add(userId);
    if (performance.now() - rush.lastRungAt >= PAUSE_MS) this.ringFor(campaignId, rush, SHARE);
  }

  /** Whoever was accepted by then is rung for. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const [campaignId, rush] of this.rushes) this.end(campaignId, rush);
    await Promise.all(this.underWay);
  }

  private expectMore(campaignId: string): void {
    const quiet = setTimeout(() => this.end(campaignId, rush), QUIET_MS);
    const rush: Rush = { held: new Set(), lastRungAt: performance.now(), quiet };
    this.rushes.set(campaignId, rush);
  }

  private end(campaignId: string, rush: Rush): void {
    clearTimeout(rush.quiet);
    this.rushes.delete(campaignId);
    this.ringFor(campaignId, rush, 1);
  }

  /** Who came first is rung for first. */
  private ringFor(campaignId: string, rush: Rush, share: number): void {
    const userIds = [...rush.held].slice(0, Math.ceil(share * rush.held.size));
    for (const userId of userIds) rush.held.delete(userId);
    rush.lastRungAt = performance.now();
    void this.ring(campaignId, userIds);
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
