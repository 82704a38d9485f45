import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource, IsNull } from 'typeorm';
import type { GateCounts } from '../grants/slots/gate-answers.js';
import { SlotService } from '../grants/slots/slot.service.js';
import { MicroCache } from '../platform/http/micro-cache.js';
import { READS } from '../platform/postgres/reads.js';
import { toCampaignView } from './campaign-view.js';
import type { CampaignView } from './campaign.dto.js';
import { Campaign } from './campaign.entity.js';
import { finalCounts } from './final-counts.js';
import { ClaimTally } from './reports/claim-tally.js';

/** The same as in the answers: `max-age=1`. */
const TTL_MS = 1_000;
const PAGES_KEPT = 10_000;
const MOST_LOADS = 100;

/** A gate that is silent for so long is not waited for. */
const GATE_PATIENCE_MS = 400;

type Left = Pick<GateCounts, 'available' | 'waiting'>;

/**
 * The public view of a campaign, a moment old at most. It costs claims nothing, however many clients read it: it is
 * loaded once a second, over other connections than those of claims, and never builds a gate.
 */
@Injectable()
export class CampaignPages {
  private readonly pages = new MicroCache<CampaignView | null>({
    ttlMs: TTL_MS,
    most: PAGES_KEPT,
    mostLoads: MOST_LOADS,
    load: (id) => this.load(id),
  });
  /** The last counts of a gate, for the time in which there is none. */
  private readonly lastKnown = new LRUCache<string, Left>({ max: PAGES_KEPT });

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly slots: SlotService,
    private readonly tally: ClaimTally,
  ) {}

  /** Null when there is no such campaign. */
  read(id: string): Promise<CampaignView | null> {
    return this.pages.get(id);
  }

  /** Drops the page of a campaign that this process created or changed, so that its clients see the change at once. */
  forget(id: string): void {
    this.pages.forget(id);
  }

  private async load(id: string): Promise<CampaignView | null> {
    const campaign = await this.source.getRepository(Campaign).findOneBy({ id, deletedAt: IsNull() });
    return campaign && toCampaignView(campaign, await this.left(campaign));
  }

  /** What is left: by the gate, by its last counts, or by Postgres. */
  async left(campaign: Campaign): Promise<Left> {
    const final = finalCounts(campaign);
    if (final) return final;
    const { id, capacity } = campaign;
    const counts = await Promise.race([
      this.slots.counts(id).catch(() => null), // it can't be asked, or what it holds is not a gate's
      sleep(GATE_PATIENCE_MS, null, { ref: false }),
    ]);
    if (counts) this.lastKnown.set(id, counts);
    const known = counts ?? this.lastKnown.get(id);
    if (known) return known;
    const tally = await this.tally.of(id);
    if (!tally) return { available: capacity, waiting: 0 };
    return { available: capacity - tally.pending - tally.success, waiting: tally.waiting };
  }
}
