import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Environment } from '../config/environment.js';
import { Metrics } from '../metrics/metrics.js';
import { withinDeadline } from './within-deadline.js';

export const PAYOUT_QUEUE = 'payouts';

/** A job: these people of this campaign may have a payout to be made. Postgres knows whether they do. */
export interface Ring {
  readonly campaignId: string;
  readonly userIds: readonly string[];
}

/** How many failed jobs BullMQ keeps for an operator to look at. */
const FAILED_KEPT = 1_000;

/**
 * Tells the workers that there is something to pay. Only a doorbell: a ring that is lost or doubled changes nothing, since
 * the reaper rings again for whoever waits too long, and a worker asks Postgres what is to be done.
 */
@Injectable()
export class Doorbell {
  private readonly log = new Logger(Doorbell.name);

  constructor(
    @InjectQueue(PAYOUT_QUEUE) private readonly queue: Queue<Ring>,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
  ) {
    // BullMQ prints what nobody listens for. Whoever opened the connection reports outages, and `ring` what it cost.
    queue.on('error', () => undefined);
  }

  /** Rings once for all of `userIds`. Never fails and never waits longer than REDIS_TIMEOUT_MS. */
  async ring(campaignId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    const { REDIS_TIMEOUT_MS, PAYOUT_ATTEMPTS, PAYOUT_BACKOFF_MS } = this.environment;
    try {
      await withinDeadline(
        this.queue.add(
          'pay',
          { campaignId, userIds },
          {
            attempts: PAYOUT_ATTEMPTS,
            backoff: { type: 'exponential', delay: PAYOUT_BACKOFF_MS, jitter: 0.5 },
            removeOnComplete: true,
            removeOnFail: FAILED_KEPT,
          },
        ),
        REDIS_TIMEOUT_MS,
      );
    } catch (error) {
      this.metrics.ringsLost.inc();
      this.log.warn({ msg: 'A ring was lost; the reaper will ring again', campaignId, cause: String(error) });
    }
  }
}
