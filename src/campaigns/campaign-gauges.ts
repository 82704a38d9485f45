import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { SlotService } from '../gate/slot.service.js';
import { Deadline } from '../http/deadline.js';
import { Metrics } from '../metrics/metrics.js';
import { CampaignStore } from './campaign.store.js';

/** Where a campaign's slots are, read from the gate when somebody asks. A gate that can't be asked leaves no numbers. */
@Injectable()
export class CampaignGauges {
  private readonly slots: Gauge<'campaign' | 'state'>;
  private readonly waiting: Gauge<'campaign'>;
  private readonly conservation: Gauge<'campaign'>;
  private look: Promise<void> | undefined;

  constructor(
    private readonly campaigns: CampaignStore,
    private readonly gate: SlotService,
    private readonly deadline: Deadline,
    { registry }: Metrics,
  ) {
    // prom-client reads all metrics at the same time: each of the three waits for the one look that fills them.
    const read = (): Promise<void> =>
      (this.look ??= this.deadline
        .within(this.read())
        .catch(() => undefined) // which readiness tells; the other metrics are still worth having
        .finally(() => {
          this.look = undefined;
        }));
    this.slots = new Gauge({
      name: 'seonchak_slots',
      help: 'Slots by where they are: available, processing or settled.',
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
      help: 'available + processing + settled - capacity. Anything but 0 is a slot lost or made up.',
      labelNames: ['campaign'],
      registers: [registry],
      collect: read,
    });
  }

  private async read(): Promise<void> {
    for (const gauge of [this.slots, this.waiting, this.conservation]) gauge.reset();
    try {
      for (const { id, capacity } of await this.campaigns.unfinished()) {
        const counts = await this.gate.counts(id);
        if (!counts) continue;
        const { available, processing, settled, waiting } = counts;
        this.slots.set({ campaign: id, state: 'available' }, available);
        this.slots.set({ campaign: id, state: 'processing' }, processing);
        this.slots.set({ campaign: id, state: 'settled' }, settled);
        this.waiting.set({ campaign: id }, waiting);
        this.conservation.set({ campaign: id }, available + processing + settled - capacity);
      }
    } catch {
      // Redis or Postgres is away, which readiness tells; the other metrics are still worth having.
    }
  }
}
