import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { isToBegin } from '../due-payouts.js';

/** If somebody got a slot within this time, people are coming for slots, and payouts leave them room. */
const RUSH_MS = 200;

/** Then this share of the backlog is paid … */
const SHARE = 0.2;
/** … in each such period: docs/adr/0017. */
const PERIOD_MS = 500;

/** How fast a backlog is worked off: at once, except in a rush, when each payout delays a claim. */
@Injectable()
export class PayoutPace {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * The pause (ms) before the next batch of `size`. The length of the backlog is taken from arrival numbers: an upper
   * bound, for two look-ups instead of a count. Postgres' clock alone decides, so that differing clocks slow nothing
   * down.
   */
  async pauseMs(campaignId: string, size: number): Promise<number> {
    const [backlog] = await rows<{ length: number; isRush: boolean }>(this.source, BACKLOG, [
      campaignId,
      RUSH_MS,
    ]);
    if (!backlog?.isRush) return 0;
    return Math.round(PERIOD_MS * Math.min(1, size / (SHARE * backlog.length)));
  }
}

const end = (direction: 'ASC' | 'DESC'): string => `
  SELECT arrival_no, updated_at FROM user_grants fresh
   WHERE campaign_id = $1 AND ${isToBegin('fresh')} ORDER BY arrival_no ${direction} LIMIT 1`;

const BACKLOG = `
  SELECT (newest.arrival_no - oldest.arrival_no + 1)::float8 AS length,
         newest.updated_at BETWEEN now() - $2 * interval '1 ms' AND now() AS "isRush"
    FROM (${end('DESC')}) AS newest, (${end('ASC')}) AS oldest`;
