import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { SlotService } from '../../grants/slots/slot.service.js';
import { Deadline } from '../../platform/http/deadline.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import type { Campaign } from '../campaign.entity.js';
import { CampaignReports } from './campaign-reports.js';

/** Most campaigns that are shown: those changed last. */
const MOST = 500;

/**
 * A reading stays good for this many times as long as it took: a scrape takes a tenth of a core at most, however many
 * campaigns there are.
 */
const GOOD_FOR = 10;

/**
 * Where a campaign's slots are, read from the gate when metrics are scraped. A gate that can't be asked leaves no
 * numbers, and a finished campaign has none any more.
 */
@Injectable()
export class CampaignGauges {
  private readonly slots: Gauge<'campaign' | 'state'>;
  private readonly waiting: Gauge<'campaign'>;
  private readonly conservation: Gauge<'campaign'>;
  private look: Promise<void> | undefined;
  /** By `performance.now()`. */
  private goodUntil = 0;

  constructor(
    private readonly campaigns: CampaignReports,
    private readonly gate: SlotService,
    private readonly deadline: Deadline,
    { registry }: Metrics,
  ) {
    // prom-client reads all metrics at the same time: the three gauges wait for the one reading that fills
    // them.
    const read = (): Promise<void> =>
      (this.look ??= this.deadline
        .within(this.read())
        .catch(() => undefined) // readiness reports it; the other metrics are still worth having
        .finally(() => {
          this.look = undefined;
        }));
    this.slots = new Gauge({
      name: 'seonchak_slots',
      help: 'Slots by state: available, processing or settled.',
      labelNames: ['campaign', 'state'],
      registers: [registry],
      collect: read,
    });
    this.waiting = new Gauge({
      name: 'seonchak_waiting',
      help: 'People in the waiting line.',
      labelNames: ['campaign'],
      registers: [registry],
      collect: read,
    });
    this.conservation = new Gauge({
      name: 'seonchak_conservation_error',
      help: 'available + processing + settled - capacity. Anything but 0 means that a slot was lost or made up.',
      labelNames: ['campaign'],
      registers: [registry],
      collect: read,
    });
  }

  private async read(): Promise<void> {
    const startedAt = performance.now();
    if (startedAt < this.goodUntil) return;
    await this.readGates();
    this.goodUntil = startedAt + GOOD_FOR * (performance.now() - startedAt);
  }

  private async readGates(): Promise<void> {
    for (const gauge of [this.slots, this.waiting, this.conservation]) gauge.reset();
    try {
      const campaigns = await this.campaigns.lookedAfter(MOST);
      await Promise.all(campaigns.map((campaign) => this.readGate(campaign)));
    } catch {
      // Redis or Postgres is unreachable. Readiness reports it; the other metrics are still worth having.
    }
  }

  private async readGate({ id, capacity }: Pick<Campaign, 'id' | 'capacity'>): Promise<void> {
    const counts = await this.gate.counts(id);
    if (!counts) return;
    const { available, processing, settled, waiting } = counts;
    this.slots.set({ campaign: id, state: 'available' }, available);
    this.slots.set({ campaign: id, state: 'processing' }, processing);
    this.slots.set({ campaign: id, state: 'settled' }, settled);
    this.waiting.set({ campaign: id }, waiting);
    this.conservation.set({ campaign: id }, available + processing + settled - capacity);
  }
}
