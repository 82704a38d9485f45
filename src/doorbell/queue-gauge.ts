import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Gauge } from 'prom-client';
import { Environment } from '../platform/config/environment.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { PAYOUT_QUEUE } from './doorbell.js';
import { withinDeadline } from '../platform/lifecycle/within-deadline.js';

const STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

/** The number of payout jobs by state, read at each scrape. */
@Injectable()
export class QueueGauge {
  constructor(
    @InjectQueue(PAYOUT_QUEUE) queue: Queue,
    @Inject(Metrics) { registry }: Metrics,
    environment: Environment,
  ) {
    new Gauge({
      name: 'seonchak_queue_jobs',
      help: 'Payout jobs by state. One job stands for many grants.',
      labelNames: ['state'],
      registers: [registry],
      async collect() {
        this.reset();
        const { status } = await queue.getBackend().client;
        if (status !== 'ready') return; // a command would wait for the connection, and the scrape with it
        const counts = await withinDeadline(
          queue.getJobCounts(...STATES),
          environment.REDIS_TIMEOUT_MS,
        ).catch(
          () => null, // connected but silent, which readiness reports
        );
        if (!counts) return;
        for (const state of STATES) this.set({ state }, counts[state] ?? 0);
      },
    });
  }
}
