import { InjectQueue } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { JobsOptions, Queue } from 'bullmq';
import { EventLog } from '../platform/logging/event-log.js';
import { Environment } from '../platform/config/environment.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { Tracing } from '../platform/tracing/tracing.js';
import { RingPace } from './ring-pace.js';
import { withinDeadline } from '../platform/lifecycle/within-deadline.js';

export const PAYOUT_QUEUE = 'payouts';

/** A job: this campaign may have payouts due. Postgres knows whether it has any, and which. */
export interface Ring {
  readonly campaignId: string;
  /** The work that rang, if it has a span. */
  readonly origin?: string;
}

/** For how long a worker holds a ring at a time; it renews that while it lives. */
export const RING_LOCK_MS = 10_000;

/** How many failed jobs BullMQ keeps for an operator to look at. */
const FAILED_KEPT = 100;

/** The states of a ring that a worker will hear. */
const PLACES: ReadonlySet<string> = new Set(['waiting', 'delayed']);

/**
 * Tells the workers that a campaign has payouts due. Only a doorbell: a ring that is lost or doubled changes nothing,
 * since the reaper rings again for what is due, and a worker asks Postgres what that is.
 *
 * R21: a ring names its campaign, and a waiting ring stands for everybody who comes meanwhile. So the queue holds at
 * most one waiting ring per campaign, whatever the backlog. A job removes its deduplication key before it reads what is
 * due.
 */
@Injectable()
export class Doorbell implements BeforeApplicationShutdown {
  private readonly log = new EventLog(Doorbell.name);
  private readonly pace = new RingPace((campaignId, isRush) => {
    // In a rush, a ring that the payer wants to come later is left as it is.
    void (isRush ? this.ringLater(campaignId, 0) : this.ring(campaignId));
  });
  private readonly underWay = new Set<Promise<boolean>>();
  /** Campaigns whose last ring was given up as lost, but may still reach Redis. */
  private readonly unanswered = new Set<string>();

  constructor(
    @InjectQueue(PAYOUT_QUEUE) private readonly queue: Queue<Ring>,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
    // BullMQ prints errors without a listener. `RedisConnections` reports outages, and `send` each ring that was lost.
    queue.on('error', () => undefined);
  }

  /**
   * Rings now, in place of a ring that was to come later.
   * @returns a promise that never rejects: whether a ring is in the queue now; false if it was lost
   */
  ring(campaignId: string): Promise<boolean> {
    return this.track(this.send(campaignId, { deduplication: { id: campaignId, replace: true } }));
  }

  /**
   * As `ring`, and makes sure that the waiting ring is in its place in the queue, or with a worker that lives. If Redis
   * lost that one key of the queue, no worker would ever hear the ring, but it would stand for all later ones.
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

  /** Rings when that does not delay claims (`RingPace`). Nobody waits for the ring. */
  ringWhenQuiet(campaignId: string): void {
    this.pace.come(campaignId);
  }

  /** Rings for everybody who was accepted by then. */
  async beforeApplicationShutdown(): Promise<void> {
    this.pace.flush();
    await Promise.all(this.underWay);
  }

  /** Whether the waiting ring, if there is one, is in the queue; if it is not, removes what is left of it. */
  private async isInPlace(campaignId: string): Promise<boolean> {
    const jobId = await this.queue.getDeduplicationJobId(campaignId);
    if (jobId === null) return true; // a worker has just taken it
    const state = await this.queue.getJobState(jobId);
    if (PLACES.has(state) || (state === 'active' && (await this.isHeld(jobId)))) return true;
    if (state === 'active') await (await this.queue.getJob(jobId))?.removeDeduplicationKey();
    else await this.queue.remove(jobId);
    return false;
  }

  /**
   * Whether a worker that lives holds this ring. BullMQ's locks, and the pause between its looks for dead workers, end
   * by Redis's clock: a lock that lasts longer than any can was taken before that clock was set back (R27).
   */
  private async isHeld(jobId: string): Promise<boolean> {
    const client = await this.queue.getBackend().client;
    const leftMs = (await client.runCommand('pttl', [`${this.queue.toKey(jobId)}:lock`])) as number;
    return leftMs > 0 && leftMs <= RING_LOCK_MS;
  }

  private track(sent: Promise<boolean>): Promise<boolean> {
    const tracked = sent.finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
    return tracked;
  }

  private async send(campaignId: string, opts: JobsOptions): Promise<boolean> {
    try {
      await this.add(campaignId, opts);
      return true;
    } catch (error) {
      this.metrics.ringsLost.inc();
      this.log.write('ring-lost', { campaignId, cause: String(error) });
      return false;
    }
  }

  /**
   * The connection keeps what it could not send until Redis is back, without limit. So while the last ring of a
   * campaign has no answer, no other is given to it.
   * @throws Error when Redis does not take it in time
   */
  private async add(campaignId: string, opts: JobsOptions): Promise<void> {
    if (this.unanswered.has(campaignId)) throw new Error('Redis has not answered the last ring yet');
    const origin = this.tracing.here;
    let isAnswered = false;
    const ring = this.queue
      .add('pay', origin === undefined ? { campaignId } : { campaignId, origin }, {
        ...opts,
        removeOnComplete: true,
        removeOnFail: FAILED_KEPT,
        stackTraceLimit: 1,
      })
      .finally(() => {
        isAnswered = true;
        this.unanswered.delete(campaignId);
      });
    try {
      await withinDeadline(ring, this.environment.REDIS_TIMEOUT_MS);
    } catch (error) {
      if (!isAnswered) this.unanswered.add(campaignId);
      throw error;
    }
  }
}
