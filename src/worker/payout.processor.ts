import { Processor, WorkerHost } from '@nestjs/bullmq';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Job, Worker } from 'bullmq';
import { EventLog } from '../platform/logging/event-log.js';
import { Environment } from '../platform/config/environment.js';
import { Tracing } from '../platform/tracing/tracing.js';
import { Doorbell, PAYOUT_QUEUE, type Ring, RING_LOCK_MS } from '../doorbell/doorbell.js';
import { withinDeadline } from '../platform/lifecycle/within-deadline.js';
import { CAMPAIGNS_TOGETHER } from '../payouts/by-ledger/payouts-together.js';
import { PayDue } from '../payouts/pay-due.js';

/** Share of the shutdown time; the rest is for requests in flight and for closing connections. */
const SHARE_FOR_JOBS = 0.6;

/** When a worker dies during a job, another worker takes the job after RING_LOCK_MS and this at the latest. */
const STALLED_LOOK_MS = 5_000;

/**
 * Answers the doorbell: pays one batch of the payouts that are due in the ring's campaign, and rings again if there may
 * be more, behind the rings of all other campaigns (R21). If a job fails, stalls or is lost, the reaper rings again, as
 * long as something is due, so nothing depends on any one job.
 */
@Processor(PAYOUT_QUEUE, { lockDuration: RING_LOCK_MS, stalledInterval: STALLED_LOOK_MS })
export class PayoutProcessor
  extends WorkerHost<Worker<Ring>>
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly log = new EventLog(PayoutProcessor.name);
  private readonly stopping = new AbortController();

  constructor(
    private readonly payDue: PayDue,
    private readonly doorbell: Doorbell,
    private readonly environment: Environment,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    // Rings of the ledger's campaigns share a turn, so there are more of them than turns.
    this.worker.concurrency = this.environment.WORKER_CONCURRENCY * CAMPAIGNS_TOGETHER;
    this.worker.on('error', (error) => {
      this.log.write('queue-unavailable', { cause: error.message });
    });
    this.worker.on('failed', (job, error) => {
      this.log.write('payout-job-failed', { campaignId: job?.data.campaignId, cause: error.message });
    });
  }

  process(job: Job<Ring>): Promise<void> {
    const { campaignId, origin } = job.data;
    return this.tracing.run(
      'payouts',
      { campaign: campaignId },
      () => this.answer(job),
      () => [origin],
    );
  }

  private async answer(job: Job<Ring>): Promise<void> {
    const { campaignId } = job.data;
    let begun: Promise<boolean> | undefined;
    const againInMs = await this.payDue.payBatch({
      campaignId,
      stopping: this.stopping.signal,
      // From then on, a new ring stands for what this batch may miss.
      begin: () => (begun ??= job.removeDeduplicationKey()),
    });
    if (againInMs !== null) await this.doorbell.ringLater(campaignId, againInMs);
  }

  /**
   * Finishes the current jobs while the connections to Postgres and Redis are open; other workers take what is left in
   * the queue. A silent Redis would keep the worker for ever, so its connections are cut after a while, and its
   * jobs run elsewhere.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    const { SHUTDOWN_DEADLINE_MS, DRAIN_DELAY_MS } = this.environment;
    const patienceMs = SHARE_FOR_JOBS * Math.max(0, SHUTDOWN_DEADLINE_MS - DRAIN_DELAY_MS);
    try {
      await withinDeadline(this.worker.close(), patienceMs);
    } catch (error) {
      this.log.write('worker-not-closed', { cause: String(error) });
      await this.worker.disconnect();
    }
  }
}
