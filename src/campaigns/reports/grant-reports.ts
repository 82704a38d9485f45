import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { READS } from '../../platform/postgres/reads.js';
import { type GrantStatus, UserGrant } from '../../grants/user-grant.entity.js';

export interface GrantFilter {
  readonly status?: GrantStatus;
  readonly userId?: string;
}

export interface GrantPage {
  readonly items: readonly UserGrant[];
  /** The arrival number after which the next page begins; null on the last. A page may hold less than was asked for. */
  readonly next: number | null;
}

/** Arrivals that are looked through at once for those that have come to something common. */
const STRETCH = 50_000;

/** Of the deadline. A page that takes longer ends with what was found. */
const SHARE_OF_DEADLINE = 0.5;

/** What operators want to know of a campaign's grants. */
@Injectable()
export class GrantReports {
  constructor(
    @InjectRepository(UserGrant, READS) private readonly grants: Repository<UserGrant>,
    private readonly environment: Environment,
  ) {}

  /** One page in order of arrival, of those that came after `after`. It costs the same wherever it lies, and whatever is asked for. */
  async page(campaignId: string, filter: GrantFilter, after: number, limit: number): Promise<GrantPage> {
    const { status, userId } = filter;
    const query = this.grants
      .createQueryBuilder('g')
      .where('g.campaignId = :campaignId AND g.arrivalNo > :after', { campaignId, after })
      .orderBy('g.arrivalNo')
      .limit(limit);
    if (userId !== undefined) query.andWhere('g.userId = :userId', { userId });
    // Words, not parameters, where an index holds just those: a plan for any word can't use it.
    if (status === 'FAILED') query.andWhere(`g.status = 'FAILED'`);
    else if (status !== undefined) query.andWhere('g.status = :status', { status });
    if (status === undefined || status === 'FAILED' || userId !== undefined)
      return pageOf(await query.getMany(), limit);
    return this.search(query, campaignId, after, limit);
  }

  /** Page after page: memory stays flat however many there are. */
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

  /** What `query` finds, looked for in one stretch of arrivals after the other. */
  private async search(
    query: SelectQueryBuilder<UserGrant>,
    campaignId: string,
    after: number,
    limit: number,
  ): Promise<GrantPage> {
    const giveUpAt = performance.now() + SHARE_OF_DEADLINE * this.environment.REQUEST_DEADLINE_MS;
    const last = await this.lastArrivalNo(campaignId);
    query.andWhere('g.arrivalNo <= :upTo');
    const items: UserGrant[] = [];
    for (let reached = after; reached < last;) {
      const upTo = reached + STRETCH;
      const found = await query
        .setParameters({ after: reached, upTo })
        .limit(limit - items.length)
        .getMany();
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

function pageOf(items: readonly UserGrant[], limit: number): GrantPage {
  const last = items.at(-1);
  return { items, next: last && items.length === limit ? Number(last.arrivalNo) : null };
}
