import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import type { GateCounts } from '../../grants/slots/gate-answers.js';
import { GateClock } from '../../grants/slots/gate-clock.js';
import { SlotService } from '../../grants/slots/slot.service.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { Campaign } from '../campaign.entity.js';
import { finalCounts } from '../final-counts.js';
import { unknownCampaign } from '../../platform/problems/unknown-campaign.js';

/** What a gate counts. */
export interface GateReading extends GateCounts {
  /** When, by the gate’s clock; of a finished campaign: when that was finished. */
  readonly asOf: Date;
}

/**
 * Campaigns for the reports of operators: as they are now, over other connections than those of claims, and without
 * building a gate.
 */
@Injectable()
export class CampaignReports {
  constructor(
    @InjectRepository(Campaign, READS) private readonly campaigns: Repository<Campaign>,
    private readonly slots: SlotService,
    private readonly clock: GateClock,
  ) {}

  /** @throws Problem 404 when there is no such campaign */
  async get(id: string): Promise<Campaign> {
    const campaign = await this.campaigns.findOneBy({ id, deletedAt: IsNull() });
    if (!campaign) throw unknownCampaign();
    return campaign;
  }

  /** Since when a campaign is archived; null when it is not, or when there is none. */
  async archivedSince(id: string): Promise<Date | null> {
    const campaign = await this.campaigns.findOne({ where: { id }, select: { id: true, archivedAt: true } });
    return campaign?.archivedAt ?? null;
  }

  /** What the gate counts, or counted last, and when; null while there is no gate that can be asked. */
  async reading(campaign: Campaign): Promise<GateReading | null> {
    const { id, finishedAt } = campaign;
    const final = finalCounts(campaign);
    if (final && finishedAt) return { asOf: finishedAt, ...final };
    try {
      const [now, counts] = await Promise.all([this.clock.now(id), this.slots.counts(id)]);
      return counts && { asOf: new Date(now), ...counts };
    } catch {
      return null;
    }
  }

  /** Campaigns that the reapers look after, the last changed first, at most `limit`. */
  lookedAfter(limit: number): Promise<Pick<Campaign, 'id' | 'capacity'>[]> {
    return rows(
      this.campaigns.manager,
      `SELECT id, capacity FROM campaign_upkeep JOIN campaigns ON id = campaign_id ORDER BY updated_at DESC LIMIT $1`,
      [limit],
    );
  }
}
