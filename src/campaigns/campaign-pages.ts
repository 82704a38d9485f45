import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import type { GateCounts } from '../grants/slots/gate-answers.js';
import { SlotService } from '../grants/slots/slot.service.js';
import { MicroCache } from '../platform/http/micro-cache.js';
import { READS } from '../platform/postgres/reads.js';
import { toCampaignView } from './campaign-view.js';
import type { CampaignView } from './campaign.dto.js';
import { Campaign } from './campaign.entity.js';
import { finalCounts } from './final-counts.js';
import { ClaimTally } from './reports/claim-tally.js';

/** What its answers say, too: `max-age=1`. */
const TTL_MS = 1_000;
const PAGES_KEPT = 10_000;
const MOST_LOADS = 100;

type Left = Pick<GateCounts, 'available' | 'waiting'>;

/**
 * What everybody may know of a campaign, a moment old at most. It costs claims nothing, however many look: it is loaded once a
 * second, by connections that are not theirs, and never has a gate built.
 */
@Injectable()
export class CampaignPages {
  private readonly pages = new MicroCache<CampaignView | null>({
    ttlMs: TTL_MS,
    most: PAGES_KEPT,
    mostLoads: MOST_LOADS,
    load: (id) => this.load(id),
  });
  /** What a gate said last, for the time in which there is none. */
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

  /** It was created or changed by this process, whose clients see it at once. */
  forget(id: string): void {
    this.pages.forget(id);
  }

  private async load(id: string): Promise<CampaignView | null> {
    const campaign = await this.source.getRepository(Campaign).findOneBy({ id });
    return campaign && toCampaignView(campaign, await this.left(campaign));
  }

  /** As the gate has it, or had it last, or as Postgres does. */
  async left(campaign: Campaign): Promise<Left> {
    const final = finalCounts(campaign);
    if (final) return final;
    const { id, capacity } = campaign;
    const counts = await this.slots.counts(id).catch(() => null); // it can't be asked, or holds what no gate does
    if (counts) this.lastKnown.set(id, counts);
    const known = counts ?? this.lastKnown.get(id);
    if (known) return known;
    const tally = await this.tally.of(id);
    if (!tally) return { available: capacity, waiting: 0 };
    return { available: capacity - tally.pending - tally.success, waiting: tally.waiting };
  }
}
