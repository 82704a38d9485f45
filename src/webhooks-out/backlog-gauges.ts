import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Deadline } from '../platform/http/deadline.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { sharedReading } from '../platform/metrics/shared-reading.js';
import { READS } from '../platform/postgres/reads.js';
import { type Backlog, readBacklogs, STANDINGS } from './backlog.js';

/**
 * Gauges of the backlog of webhooks, read from Postgres at each scrape. While Postgres can't be reached there are no
 * samples: see `seonchak_postgres_probe_seconds`.
 */
@Injectable()
export class BacklogGauges {
  private readonly endpoints: Gauge<'state'>;
  private readonly undelivered: Gauge<'endpoint' | 'state'>;
  private readonly oldest: Gauge<'endpoint'>;

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly deadline: Deadline,
    { registry }: Metrics,
  ) {
    const collect = sharedReading(() => this.read());
    this.endpoints = new Gauge({
      name: 'seonchak_webhook_endpoints',
      help: 'Endpoints, by state: on, failing, off (by an operator), given-up (by us: gone, or failed for too long).',
      labelNames: ['state'],
      registers: [registry],
      collect,
    });
    this.undelivered = new Gauge({
      name: 'seonchak_webhooks_undelivered',
      help: 'Events that an endpoint has not accepted, by state: new was not sent yet (1000: or more), again is tried again.',
      labelNames: ['endpoint', 'state'],
      registers: [registry],
      collect,
    });
    this.oldest = new Gauge({
      name: 'seonchak_oldest_undelivered_seconds',
      help: 'How long the oldest event has waited that an endpoint has not accepted, unless the endpoint is switched off.',
      labelNames: ['endpoint'],
      registers: [registry],
      collect,
    });
  }

  private async read(): Promise<void> {
    const found = await this.deadline.within(readBacklogs(this.source)).catch(() => null); // readiness reports it
    for (const gauge of [this.endpoints, this.undelivered, this.oldest]) gauge.reset();
    if (!found) return;
    for (const state of STANDINGS)
      this.endpoints.set({ state }, found.filter(({ standing }) => standing === state).length);
    for (const backlog of found) this.show(backlog);
  }

  private show({ endpointId: endpoint, standing, unsent, again, waitingSeconds }: Backlog): void {
    if (unsent > 0) this.undelivered.set({ endpoint, state: 'new' }, unsent);
    if (again > 0) this.undelivered.set({ endpoint, state: 'again' }, again);
    const isOn = standing === 'on' || standing === 'failing';
    if (isOn && waitingSeconds !== null) this.oldest.set({ endpoint }, waitingSeconds);
  }
}
