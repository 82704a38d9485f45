import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import type { GateCounts } from '../../grants/slots/gate-answers.js';
import { SlotService } from '../../grants/slots/slot.service.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { Campaign } from '../campaign.entity.js';
import { finalCounts } from '../final-counts.js';
import { unknownCampaign } from '../../platform/problems/unknown-campaign.js';

/**
 * Campaigns for the reports of operators: as they are now, over other connections than those of claims, and without
 * building a gate.
 */
@Injectable()
export class CampaignReports {
  constructor(
    @InjectRepository(Campaign, READS) private readonly campaigns: Repository<Campaign>,
    private readonly slots: SlotService,
  ) {}

  /** @throws Problem 404 when there is no such campaign */
  async get(id: string): Promise<Campaign> {
    const campaign = await this.campaigns.findOneBy({ id, deletedAt: IsNull() });
    if (!campaign) throw unknownCampaign();
    return campaign;
  }

  /** What the gate counts, or counted last; null while there is no gate that can be asked. */
  async counts(campaign: Campaign): Promise<GateCounts | null> {
    return finalCounts(campaign) ?? this.slots.counts(campaign.id).catch(() => null);
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
