import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { type PreparedStatement, preparedRows, rows } from '../../platform/postgres/rows.js';

/** The campaign has not opened, so that its list may still change: nobody can be told whether they are on it. */
export const LIST_IS_OPEN = Symbol('the list is open');

interface Look {
  readonly isFrozen: boolean;
  readonly userIds: string[];
}

/** The lists of who may claim, for claims. */
@Injectable()
export class EligibleLists {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * R33: which of these users are on the list of the campaign, by one statement. The first look after the opening
   * freezes the list, so that whoever was told the truth about it is told the truth for ever.
   * @returns LIST_IS_OPEN when the campaign has not opened by Postgres' clock, whatever the gate's clock says
   */
  async among(
    campaignId: string,
    userIds: readonly string[],
  ): Promise<ReadonlySet<string> | typeof LIST_IS_OPEN> {
    const found = await this.look(campaignId, userIds);
    if (found?.isFrozen) return new Set(found.userIds);
    await this.freeze(campaignId);
    const again = await this.look(campaignId, userIds);
    return again?.isFrozen ? new Set(again.userIds) : LIST_IS_OPEN;
  }

  private async look(campaignId: string, userIds: readonly string[]): Promise<Look | undefined> {
    const [found] = await preparedRows<Look>(this.source, LOOK, [campaignId, userIds]);
    return found;
  }

  /** Waits for whoever changes the list: both lock the campaign's row, and each judges by what the other committed. */
  private async freeze(campaignId: string): Promise<void> {
    await rows(
      this.source,
      `WITH frozen AS (
         UPDATE campaigns SET eligible_frozen_at = clock_timestamp()
          WHERE id = $1 AND eligibility = 'list' AND eligible_frozen_at IS NULL AND finished_at IS NULL
            AND COALESCE(opens_at <= clock_timestamp(), true)
         RETURNING id
       ) SELECT id FROM frozen`,
      [campaignId],
    );
  }
}

/**
 * $1 campaign, $2 users. Each is looked up by key, see docs/adr/0015. A list that was frozen only because the campaign
 * was finished was never final for anybody: nobody hears of it.
 */
const LOOK: PreparedStatement = {
  name: 'find-eligible',
  text: `
  SELECT eligible_frozen_at IS NOT NULL AND eligible_frozen_at IS DISTINCT FROM finished_at AS "isFrozen",
         ARRAY(SELECT wanted.user_id::text FROM unnest($2::bigint[]) AS wanted (user_id)
                WHERE EXISTS (SELECT FROM campaign_eligible listed
                               WHERE listed.campaign_id = $1 AND listed.user_id = wanted.user_id OFFSET 0)) AS "userIds"
    FROM campaigns WHERE id = $1`,
};
