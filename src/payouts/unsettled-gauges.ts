import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Deadline } from '../platform/http/deadline.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { sharedReading } from '../platform/metrics/shared-reading.js';
import { READS } from '../platform/postgres/reads.js';
import { readUnsettled } from './unsettled.js';

/** Most campaigns that are shown: those changed last. */
const MOST = 500;

/**
 * What a pager needs to know of payouts, read from Postgres when metrics are scraped. Whatever is 0 has no sample.
 * While Postgres can't be asked there is none at all, and `seonchak_postgres_probe_seconds` says so.
 */
@Injectable()
export class UnsettledGauges {
  private readonly undecided: Gauge<'campaign' | 'state'>;
  private readonly oldest: Gauge<'campaign'>;

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly deadline: Deadline,
    { registry }: Metrics,
  ) {
    const collect = sharedReading(() => this.read());
    this.undecided = new Gauge({
      name: 'seonchak_payouts_undecided',
      help: 'Payouts whose outcome nobody knows, by state: HELD waits for an operator, IN_DOUBT is looked up again. 1000: or more.',
      labelNames: ['campaign', 'state'],
      registers: [registry],
      collect,
    });
    this.oldest = new Gauge({
      name: 'seonchak_oldest_unpaid_seconds',
      help: 'How long the first unpaid person of a campaign has waited, unless an operator stopped its payouts.',
      labelNames: ['campaign'],
      registers: [registry],
      collect,
    });
  }

  private async read(): Promise<void> {
    const reading = readUnsettled(this.source, { mostCampaigns: MOST, unpaidMs: 0 });
    const found = await this.deadline.within(reading).catch(() => []); // readiness reports it
    this.undecided.reset();
    this.oldest.reset();
    for (const { campaignId: campaign, held, inDoubt, unpaidSeconds } of found) {
      if (held > 0) this.undecided.set({ campaign, state: 'HELD' }, held);
      if (inDoubt > 0) this.undecided.set({ campaign, state: 'IN_DOUBT' }, inDoubt);
      if (unpaidSeconds !== null) this.oldest.set({ campaign }, unpaidSeconds);
    }
  }
}
