import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { takeTurn } from '../campaigns/campaign-turn.js';
import { Environment } from '../platform/config/environment.js';
import { Failpoints } from '../platform/failpoints/failpoints.js';
import { SlotService } from '../grants/slots/slot.service.js';
import { rows } from '../platform/postgres/rows.js';
import type { Found } from './look.js';

/** Pages of REAPER_BATCH_SIZE people told in one look. */
const PAGES = 10;

/**
 * Tells people in the line of a sealed campaign that it has ended: no slot can become free any more (R9). Until then
 * promotion goes on, whether or not the campaign is closed. A line can be left over in no other way: a slot that is not
 * paid either has a holder who is to be paid, or goes to the head of the line (R5).
 */
@Injectable()
export class LineEnd {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly slots: SlotService,
    private readonly environment: Environment,
    private readonly failpoints: Failpoints,
  ) {}

  /**
   * Safe to repeat, and to interrupt anywhere: the end is in Postgres first, and the gate is told until its line is
   * empty.
   */
  async endWaiting(id: string): Promise<Found> {
    let isToEnd = true;
    for (let page = 0; page < PAGES; page++) {
      const ended: number = isToEnd ? await this.end(id) : 0;
      isToEnd = ended === this.environment.REAPER_BATCH_SIZE;
      if (ended > 0) this.failpoints.reach('line.ended');
      if ((await this.tellGate(id)) === 0 && !isToEnd) return 'nothing';
    }
    return 'more';
  }

  /** @returns how many were ended */
  private async end(campaignId: string): Promise<number> {
    return this.source.transaction(async (transaction) => {
      // R26: before END runs, so that it sees every grant written by whoever had the turn before.
      await takeTurn(transaction, campaignId);
      const ended = await rows(transaction, END, [campaignId, this.environment.REAPER_BATCH_SIZE]);
      return ended.length;
    });
  }

  /** @returns how many of the first in the gate's line had ended and were removed from it */
  private async tellGate(campaignId: string): Promise<number> {
    const first = await this.slots.firstInLine(campaignId, this.environment.REAPER_BATCH_SIZE);
    if (first.length === 0) return 0;
    const ended = await rows<{ userId: string }>(this.source, ENDED_AMONG, [campaignId, first]);
    await this.slots.endLine(
      campaignId,
      ended.map(({ userId }) => userId),
    );
    return ended.length;
  }
}

/** SQL: the place was neither promoted nor ended. A partial index has exactly these, by arrival. */
function isOpenEntry(entry: string): string {
  return `${entry}.promoted_at IS NULL AND ${entry}.ended_at IS NULL`;
}

/** $1 campaign, $2 how many. R26: a promotion locks the place first (see RECORD), so one of the two comes first. */
const END = `
  WITH sealed AS (
    SELECT id FROM campaigns WHERE id = $1 AND sealed_at IS NOT NULL
  ), ended AS (
    UPDATE waiting_entries entry SET ended_at = now() FROM sealed
     WHERE entry.campaign_id = $1 AND ${isOpenEntry('entry')}
       AND entry.user_id = ANY (ARRAY(
             SELECT user_id FROM waiting_entries place
              WHERE place.campaign_id = $1 AND ${isOpenEntry('place')}
                AND NOT EXISTS (SELECT FROM user_grants taken
                                 WHERE taken.campaign_id = $1 AND taken.user_id = place.user_id OFFSET 0)
              ORDER BY arrival_no LIMIT $2))
    RETURNING entry.user_id
  ), touched AS (
    UPDATE campaigns SET updated_at = now() WHERE id = $1 AND EXISTS (SELECT FROM ended)
  ) SELECT user_id FROM ended`;

/** $1 campaign, $2 users. */
const ENDED_AMONG = `
  SELECT entry.user_id AS "userId" FROM unnest($2::bigint[]) AS wanted (user_id)
   CROSS JOIN LATERAL (SELECT user_id, ended_at FROM waiting_entries
                        WHERE campaign_id = $1 AND user_id = wanted.user_id OFFSET 0) AS entry
   WHERE entry.ended_at IS NOT NULL`;
