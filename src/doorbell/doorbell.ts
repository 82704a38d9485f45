import { InjectQueue } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { JobsOptions, Queue } from 'bullmq';
import { EventLog } from '../platform/logging/event-log.js';
import { Environment } from '../platform/config/environment.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { withinDeadline } from './within-deadline.js';

export const PAYOUT_QUEUE = 'payouts';

/** A job: this campaign may have payouts to be made. Postgres knows whether it does, and which. */
export interface Ring {
  readonly campaignId: string;
}

/** People who come one after the other for slots of one campaign. */
interface Rush {
  /** By `performance.now()`. */
  lastRungAt: number;
  /** Whether somebody has come whom nobody has rung for. */
  isHeld: boolean;
  /** Runs out when nobody has come for a while. */
  readonly quiet: NodeJS.Timeout;
}

/** How many failed jobs BullMQ keeps for an operator to look at. */
const FAILED_KEPT = 100;

/** When nobody has come for so long, the rush is over, or there is none. */
const QUIET_MS = 100;

/** While people keep coming for slots, it is rung so often; how many are paid then is up to who pays (docs/adr/0017). */
const PAUSE_MS = 500;

/** Where a ring is that a worker will hear, or hears. */
const PLACES: ReadonlySet<string> = new Set(['waiting', 'delayed', 'active']);

/**
 * Tells the workers that a campaign has something to pay. Only a doorbell: a ring that is lost or doubled changes nothing,
 * since the reaper rings again for what is due, and a worker asks Postgres what that is.
 *
 * R21: a ring names its campaign, and a waiting ring stands for everybody who comes meanwhile. The queue therefore holds at most one
 * waiting ring per campaign, whatever the backlogs. A job removes its deduplication key before it looks.
 */
@Injectable()
export class Doorbell implements BeforeApplicationShutdown {
  private readonly log = new EventLog(Doorbell.name);
  /** By campaign. */
  private readonly rushes = new Map<string, Rush>();
  private readonly underWay = new Set<Promise<boolean>>();

  constructor(
    @InjectQueue(PAYOUT_QUEUE) private readonly queue: Queue<Ring>,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
  ) {
    // BullMQ prints what nobody listens for. Whoever opened the connection reports outages, and `send` what it cost.
    queue.on('error', () => undefined);
  }

  /**
   * Rings now, in place of a ring that is to come later.
   * @returns a promise that never fails: whether a ring is in the queue now; false when it was lost
   */
  ring(campaignId: string): Promise<boolean> {
    return this.track(this.send(campaignId, { deduplication: { id: campaignId, replace: true } }));
  }

  /**
   * As `ring`, and makes sure that the ring which waits is in its place: of one whose place was lost (Redis can lose one key of
   * the queue) nobody would ever hear, and it would stand for all that come.
   */
  async ringSurely(campaignId: string): Promise<boolean> {
    if (!(await this.ring(campaignId))) return false;
    try {
      if (await withinDeadline(this.isInPlace(campaignId), this.environment.REDIS_TIMEOUT_MS)) return true;
    } catch (error) {
      this.log.write('queue-unavailable', { campaignId, cause: String(error) });
      return false;
    }
    return this.ring(campaignId);
  }

  /** Rings after `delayMs`, unless a ring waits already. @returns as `ring` */
  ringLater(campaignId: string, delayMs: number): Promise<boolean> {
    return this.track(this.send(campaignId, { delay: delayMs, deduplication: { id: campaignId } }));
  }

  /**
   * Rings when it keeps nobody from getting a slot: now if it is quiet, else once for all who come until it is, and meanwhile
   * now and then. Paying hundreds at once costs little more than paying one. Nobody waits for it.
   */
  ringWhenQuiet(campaignId: string): void {
    const rush = this.rushes.get(campaignId);
    if (!rush) {
      this.expectMore(campaignId);
      void this.ring(campaignId);
      return;
    }
    rush.quiet.refresh();
    rush.isHeld = true;
    if (performance.now() - rush.lastRungAt < PAUSE_MS) return;
    rush.lastRungAt = performance.now();
    rush.isHeld = false;
    void this.ringLater(campaignId, 0);
  }

  /** Whoever was accepted by then is rung for. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const [campaignId, rush] of this.rushes) this.end(campaignId, rush);
    await Promise.all(this.underWay);
  }

  private expectMore(campaignId: string): void {
    const quiet = setTimeout(() => this.end(campaignId, rush), QUIET_MS);
    const rush: Rush = { lastRungAt: performance.now(), isHeld: false, quiet };
    this.rushes.set(campaignId, rush);
  }

  private end(campaignId: string, rush: Rush): void {
    clearTimeout(rush.quiet);
    this.rushes.delete(campaignId);
    if (rush.isHeld) void this.ring(campaignId);
  }

  /** Whether the ring that waits, if one does, is in the queue; one that is not is forgotten. */
  private async isInPlace(campaignId: string): Promise<boolean> {
    const jobId = await this.queue.getDeduplicationJobId(campaignId);
    if (jobId === null) return true; // a worker has just taken it
    if (PLACES.has(await this.queue.getJobState(jobId))) return true;
    await this.queue.remove(jobId);
    return false;
  }

  private track(sent: Promise<boolean>): Promise<boolean> {
    const tracked = sent.finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
    return tracked;
  }

  private async send(campaignId: string, opts: JobsOptions): Promise<boolean> {
    try {
      const ring = this.queue.add(
        'pay',
        { campaignId },
        { ...opts, removeOnComplete: true, removeOnFail: FAILED_KEPT, stackTraceLimit: 1 },
      );
      await withinDeadline(ring, this.environment.REDIS_TIMEOUT_MS);
      return true;
    } catch (error) {
      this.metrics.ringsLost.inc();
      this.log.write('ring-lost', { campaignId, cause: String(error) });
      return false;
    }
  }
}
