import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { type GrantStatus, UserGrant } from '../../grants/user-grant.entity.js';

export interface GrantFilter {
  readonly status?: GrantStatus;
  readonly userId?: string;
}

export interface GrantPage {
  readonly items: readonly UserGrant[];
  /** The arrival number after which the next page begins; null on the last. A page may hold less than `limit`. */
  readonly next: number | null;
}

/** Arrivals that one statement searches for a status that most grants have. */
const STRETCH = 50_000;

/** Share of the deadline. A page that takes longer ends with what was found. */
const SHARE_OF_DEADLINE = 0.5;

/** Queries of operators on a campaign's grants. */
@Injectable()
export class GrantReports {
  constructor(
    @InjectRepository(UserGrant, READS) private readonly grants: Repository<UserGrant>,
    private readonly environment: Environment,
  ) {}

  /**
   * One page of the grants that came after `after`, in order of arrival. It costs the same wherever it lies, and
   * whatever the filter.
   */
  async page(campaignId: string, filter: GrantFilter, after: number, limit: number): Promise<GrantPage> {
    const { status, userId } = filter;
    if (status === 'SUCCESS' && userId === undefined) return this.search(campaignId, status, after, limit);
    const query = this.grants
      .createQueryBuilder('g')
      .where('g.campaignId = :campaignId AND g.arrivalNo > :after', { campaignId, after })
      .orderBy('g.arrivalNo')
      .limit(limit);
    if (userId !== undefined) query.andWhere('g.userId = :userId', { userId });
    if (status === 'PENDING' && userId === undefined) return pageOf(await pending(query, limit), limit);
    // A literal, not a parameter: there is an index on FAILED grants, and a plan for any status can't use it.
    if (status !== undefined) query.andWhere(`g.status = '${status}'`);
    return pageOf(await query.getMany(), limit);
  }

  /** Page by page: memory stays flat, however many grants there are. */
  async *pages(
    campaignId: string,
    filter: GrantFilter,
    pageSize: number,
  ): AsyncGenerator<readonly UserGrant[]> {
    for (let after: number | null = 0; after !== null;) {
      const page: GrantPage = await this.page(campaignId, filter, after, pageSize);
      if (page.items.length > 0) yield page.items;
      after = page.next;
    }
  }

  /** The status of nearly all grants has no index: it is searched for, stretch by stretch of arrivals. */
  private async search(
    campaignId: string,
    status: GrantStatus,
    after: number,
    limit: number,
  ): Promise<GrantPage> {
    const giveUpAt = performance.now() + SHARE_OF_DEADLINE * this.environment.REQUEST_DEADLINE_MS;
    const last = await this.lastArrivalNo(campaignId);
    const items: UserGrant[] = [];
    for (let reached = after; reached < last;) {
      const upTo = reached + STRETCH;
      const found = await rows<UserGrant>(this.grants.manager, IN_STRETCH, [
        ...[campaignId, reached, upTo, status, limit - items.length],
      ]);
      items.push(...found);
      if (items.length === limit) return pageOf(items, limit);
      reached = upTo;
      if (reached < last && performance.now() > giveUpAt) return { items, next: reached };
    }
    return { items, next: null };
  }

  private async lastArrivalNo(campaignId: string): Promise<number> {
    const found = await this.grants
      .createQueryBuilder('g')
      .select('MAX(g.arrivalNo)', 'last')
      .where('g.campaignId = :campaignId', { campaignId })
      .getRawOne<{ last: string | null }>();
    return Number(found?.last ?? 0);
  }
}

/**
 * $1 campaign, $2 after, $3 up to, $4 status, $5 limit. Ends as soon as there are enough rows: the inner order is that
 * of an index.
 */
const IN_STRETCH = `
  SELECT campaign_id AS "campaignId", user_id AS "userId", grant_seq AS "grantSeq", arrival_no AS "arrivalNo", status,
         created_at AS "createdAt", updated_at AS "updatedAt"
    FROM (SELECT * FROM user_grants WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3
           ORDER BY arrival_no LIMIT ${STRETCH}) AS stretch
   WHERE status = $4 ORDER BY arrival_no LIMIT $5`;

/**
 * A PENDING grant is in one of two sets, each with an index by arrival: not begun, or begun. A grant that is begun
 * between the two reads is in both.
 */
async function pending(query: SelectQueryBuilder<UserGrant>, limit: number): Promise<UserGrant[]> {
  const fresh = await query.clone().andWhere(`g.status = 'PENDING' AND g.begun_at IS NULL`).getMany();
  const begun = await query.clone().andWhere(`g.status = 'PENDING' AND g.begun_at IS NOT NULL`).getMany();
  const byUser = new Map([...fresh, ...begun].map((grant) => [grant.userId, grant]));
  return [...byUser.values()].sort((a, b) => Number(a.arrivalNo) - Number(b.arrivalNo)).slice(0, limit);
}

function pageOf(items: readonly UserGrant[], limit: number): GrantPage {
  const last = items.at(-1);
  return { items, next: last && items.length === limit ? Number(last.arrivalNo) : null };
}
