import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { Campaign } from '../campaign.entity.js';
import { type ShownState, shownState } from '../campaign-lifecycle.js';

export interface CampaignFilter {
  readonly state?: ShownState;
  /** Whether everybody has been paid or told. */
  readonly finished?: boolean;
  /** Contained in the id or in the name. */
  readonly search?: string;
}

export interface CampaignList {
  /** The newest first. */
  readonly items: readonly Campaign[];
  /** The campaign before which the next page begins; null on the last. A page may hold less than `limit`. */
  readonly next: string | null;
}

/** Where a campaign stands in the list. The time is text: a `Date` would lose the microseconds. */
interface Position {
  readonly createdAt: string;
  readonly id: string;
}

/** Before the newest campaign, and after the oldest one. */
const [TOP, BOTTOM]: [Position, Position] = [
  { createdAt: 'infinity', id: '' },
  { createdAt: '-infinity', id: '' },
];

/** Campaigns that one page searches, at most. */
const STRETCH = 5_000;

/** Lists campaigns for operators. */
@Injectable()
export class CampaignLists {
  constructor(@InjectRepository(Campaign, READS) private readonly campaigns: Repository<Campaign>) {}

  /**
   * One page of the campaigns that are older than `before`. It costs the same wherever it lies, and whatever the
   * filter.
   * @returns null when `before` is no campaign
   */
  async page(
    { state, finished, search }: CampaignFilter,
    before: string | undefined,
    limit: number,
  ): Promise<CampaignList | null> {
    const from = before === undefined ? TOP : await this.positionOf(before);
    if (!from) return null;
    const end = await this.endOfStretch(from);
    const to = end ?? BOTTOM;
    const query = this.campaigns
      .createQueryBuilder('c')
      .where('(c.createdAt, c.id) < (:fromTime, :fromId)', { fromTime: from.createdAt, fromId: from.id })
      .andWhere('c.deletedAt IS NULL')
      .andWhere('(c.createdAt, c.id) >= (:toTime, :toId)', { toTime: to.createdAt, toId: to.id })
      .orderBy('c.createdAt', 'DESC')
      .addOrderBy('c.id', 'DESC')
      .limit(limit);
    if (state !== undefined) query.andWhere(`${shownState('c')} = :state`, { state });
    if (finished !== undefined) query.andWhere(`c.finishedAt IS ${finished ? 'NOT ' : ''}NULL`);
    if (search !== undefined) query.andWhere(CONTAINS, { search });
    const items = await query.getMany();
    const last = items.length === limit ? items.at(-1) : end;
    return { items, next: last?.id ?? null };
  }

  private async positionOf(id: string): Promise<Position | undefined> {
    const [position] = await rows<Position>(
      this.campaigns.manager,
      `SELECT created_at::text AS "createdAt", id FROM campaigns WHERE id = $1`,
      [id],
    );
    return position;
  }

  /** The last campaign of the stretch after `from`; undefined when it reaches to the oldest campaign. */
  private async endOfStretch({ createdAt, id }: Position): Promise<Position | undefined> {
    const [end] = await rows<Position>(
      this.campaigns.manager,
      `SELECT created_at::text AS "createdAt", id FROM campaigns WHERE (created_at, id) < ($1::timestamptz, $2)
        ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ${STRETCH - 1}`,
      [createdAt, id],
    );
    return end;
  }
}

const CONTAINS = `(strpos(lower(c.id), lower(:search)) > 0 OR strpos(lower(c.name), lower(:search)) > 0)`;
