import { Processor, WorkerHost } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { Environment } from '../config/environment.js';
import { PAYOUT_QUEUE, type Ring } from '../doorbell/doorbell.js';
import { Failpoints } from '../failpoints/failpoints.js';
import { withinDeadline } from '../doorbell/within-deadline.js';
import { Settlement } from '../grants/settlement.js';
import { Payouts } from '../payouts/payouts.js';

/** Of the time for shutting down; the rest is for requests in flight and for closing connections. */
const SHARE_FOR_JOBS = 0.6;

/**
 * Answers the doorbell: pays whom a ring names, then tells the gate. A job that fails is run again later; one that keeps
 * failing, stalls or is lost is made up for by the reaper, so the fate of a job decides nothing.
 */
@Processor(PAYOUT_QUEUE)
export class PayoutProcessor extends WorkerHost implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(PayoutProcessor.name);
  private readonly stopping = new AbortController();

  constructor(
    private readonly payouts: Payouts,
    private readonly settlement: Settlement,
    private readonly environment: Environment,
    private readonly failpoints: Failpoints,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.environment.WORKER_CONCURRENCY;
    this.worker.on('error', (error) => {
      this.log.warn({ msg: 'The queue is out of reach', cause: error.message });
    });
    this.worker.on('failed', (job, error) => {
      this.log.warn({
        msg: 'A payout job failed',
        jobId: job?.id,
        attempt: job?.attemptsMade,
        cause: error.message,
      });
    });
  }

  async process({ data: { campaignId, userIds } }: Job<Ring>): Promise<void> {
    const { ended, left } = await this.payouts.pay(campaignId, userIds, this.stopping.signal);
    if (ended.length > 0) this.failpoints.reach('payout.concluded');
    await this.settlement.conclude(campaignId, ended);
    if (left > 0) throw new Error(`${left} payouts could not be tried now.`);
  }

  /**
   * Finishes the jobs at hand while Postgres and Redis are still there; what is left in the queue is somebody else's. A
   * Redis that says nothing would keep the worker for ever, so then its connections are cut, and its jobs run elsewhere.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    const { SHUTDOWN_DEADLINE_MS, DRAIN_DELAY_MS } = this.environment;
    const patienceMs = SHARE_FOR_JOBS * Math.max(0, SHUTDOWN_DEADLINE_MS - DRAIN_DELAY_MS);
    try {
      await withinDeadline(this.worker.close(), patienceMs);
    } catch (error) {
      this.log.warn({ msg: 'The worker could not close in order', cause: String(error) });
      await this.worker.disconnect();
    }
  }
}
