import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import type { DataSource, Repository } from 'typeorm';
import { rows } from '../postgres/rows.js';
import { type GrantStatus, UserGrant } from './user-grant.entity.js';

export interface GrantFilter {
  readonly status?: GrantStatus;
  readonly userId?: string;
}

/** Counts of a campaign, as Postgres has them. */
export interface GrantStats {
  readonly pending: number;
  readonly success: number;
  readonly failed: number;
  readonly waiting: number;
  readonly promoted: number;
  readonly ended: number;
  readonly lastArrivalNo: number;
}

/** What operators want to know of a campaign's grants. */
@Injectable()
export class GrantReports {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectRepository(UserGrant) private readonly grants: Repository<UserGrant>,
  ) {}

  /** One page in order of arrival, of those that came after `afterArrivalNo`. A page costs the same wherever it lies. */
  page(campaignId: string, filter: GrantFilter, afterArrivalNo: number, limit: number): Promise<UserGrant[]> {
    const query = this.grants
      .createQueryBuilder('g')
      .where('g.campaignId = :campaignId AND g.arrivalNo > :afterArrivalNo', { campaignId, afterArrivalNo });
    if (filter.status !== undefined) query.andWhere('g.status = :status', { status: filter.status });
    if (filter.userId !== undefined) query.andWhere('g.userId = :userId', { userId: filter.userId });
    return query.orderBy('g.arrivalNo').limit(limit).getMany();
  }

  /** All of them, page after page: memory stays flat however many there are. */
  async *pages(campaignId: string, filter: GrantFilter, pageSize: number): AsyncGenerator<UserGrant[]> {
    let after = 0;
    for (;;) {
      const page = await this.page(campaignId, filter, after, pageSize);
      if (page.length > 0) yield page;
      if (page.length < pageSize) return;
      after = Number(page.at(-1)?.arrivalNo);
    }
  }

  async stats(campaignId: string): Promise<GrantStats> {
    const [stats] = await rows<GrantStats>(
      this.source,
      `SELECT pending, success, failed, waiting, ended, everybody - waiting - ended AS promoted,
              greatest(grants.last, entries.last)::float8 AS "lastArrivalNo"
         FROM (SELECT count(*) FILTER (WHERE status = 'PENDING')::int AS pending,
                      count(*) FILTER (WHERE status = 'SUCCESS')::int AS success,
                      count(*) FILTER (WHERE status = 'FAILED')::int  AS failed,
                      COALESCE(max(arrival_no), 0) AS last
                 FROM user_grants WHERE campaign_id = $1) AS grants,
              (SELECT count(*)::int AS everybody, COALESCE(max(arrival_no), 0) AS last
                 FROM waiting_entries WHERE campaign_id = $1) AS entries,
              (SELECT count(*) FILTER (WHERE ended_at IS NULL)::int     AS waiting,
                      count(*) FILTER (WHERE ended_at IS NOT NULL)::int AS ended
                 FROM waiting_line WHERE campaign_id = $1) AS line`,
      [campaignId],
    );
    if (!stats) throw new Error('An aggregate returned no row.');
    return stats;
  }
}
