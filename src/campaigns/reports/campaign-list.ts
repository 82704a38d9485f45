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
  /** Where the next page begins, for `before`; null on the last. A page may hold less than `limit`. */
  readonly next: string | null;
}

/** Where a campaign stands in the list. The time is text: a `Date` would lose the microseconds. */
interface Position {
  readonly createdAt: string;
  readonly id: string;
}

interface StretchEnd extends Position {
  /** As `PLACE`. */
  readonly place: string;
}

/** Before the newest campaign, and after the oldest one. */
const [TOP, BOTTOM]: [Position, Position] = [
  { createdAt: 'infinity', id: '' },
  { createdAt: '-infinity', id: '' },
];

/** Campaigns that one page searches, at most, and where it ends at a `PLACE` all of that microsecond. */
const STRETCH = 5_000;

/** A place in the list that names no campaign: microseconds since 1970. */
const PLACE = /^@(\d{13})(\d{3})$/;

/** Lists campaigns for operators. */
@Injectable()
export class CampaignLists {
  constructor(@InjectRepository(Campaign, READS) private readonly campaigns: Repository<Campaign>) {}

  /**
   * One page of the campaigns that are older than `before`. It costs the same wherever it lies, and whatever the
   * filter.
   * @param among the only campaigns that are shown: ids, and beginnings of ids that end with `*`. Of all others not
   *   even an id is told. Null for all
   * @param before a campaign that is shown, or the `next` of a page
   * @returns null when `before` is none
   */
  async page(
    { state, finished, search }: CampaignFilter,
    among: readonly string[] | null,
    before: string | undefined,
    limit: number,
  ): Promise<CampaignList | null> {
    // Names have neither of the two characters that LIKE takes for others (token-issuers.ts).
    const patterns = among?.map((name) => name.replace('*', '%')) ?? null;
    const from = before === undefined ? TOP : (placeIn(before) ?? (await this.positionOf(before, patterns)));
    if (!from) return null;
    const end = await this.endOfStretch(from);
    // A place leaves out which campaign of its time it is, so the page takes in all of them.
    const to = end ? { ...end, id: patterns ? '' : end.id } : BOTTOM;
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
    if (patterns) query.andWhere('c.id LIKE ANY (:patterns)', { patterns });
    const items = await query.getMany();
    const next = items.length === limit ? items.at(-1)?.id : patterns ? end?.place : end?.id;
    return { items, next: next ?? null };
  }

  private async positionOf(id: string, patterns: readonly string[] | null): Promise<Position | undefined> {
    const [position] = await rows<Position>(
      this.campaigns.manager,
      `SELECT created_at::text AS "createdAt", id FROM campaigns
        WHERE id = $1 AND ($2::text[] IS NULL OR id LIKE ANY ($2))`,
      [id, patterns],
    );
    return position;
  }

  /** The last campaign of the stretch after `from`; undefined when it reaches to the oldest campaign. */
  private async endOfStretch({ createdAt, id }: Position): Promise<StretchEnd | undefined> {
    const [end] = await rows<StretchEnd>(
      this.campaigns.manager,
      `SELECT created_at::text AS "createdAt", id, '@' || (extract(epoch FROM created_at) * 1000000)::bigint AS place
         FROM campaigns WHERE (created_at, id) < ($1::timestamptz, $2)
        ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ${STRETCH - 1}`,
      [createdAt, id],
    );
    return end;
  }
}

function placeIn(before: string): Position | undefined {
  const [, ms, us] = PLACE.exec(before) ?? [];
  return ms && us
    ? { createdAt: new Date(Number(ms)).toISOString().replace('Z', `${us}Z`), id: '' }
    : undefined;
}

const CONTAINS = `(strpos(lower(c.id), lower(:search)) > 0 OR strpos(lower(c.name), lower(:search)) > 0)`;
