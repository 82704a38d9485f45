import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { takeTurn } from '../campaigns/campaign-turn.js';
import { Environment } from '../config/environment.js';
import { Failpoints } from '../failpoints/failpoints.js';
import { SlotService } from '../gate/slot.service.js';
import { rows } from '../postgres/rows.js';
import type { Found, Look, ReaperTask } from './look.js';

/** Pages of REAPER_BATCH_SIZE people that are told in one look. */
const PAGES = 10;

/**
 * Tells people in the line of a closed campaign that it has ended, once no slot can come free any more: every slot is paid
 * (R9). Until then promotion goes on, closed or not. That is the only way for a line to be left over: while a slot is not
 * paid, it is somebody's to be paid, or it is the next one's of the line (R5).
 */
@Injectable()
export class LineEnd implements ReaperTask {
  readonly name = 'line end';

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly slots: SlotService,
    private readonly environment: Environment,
    private readonly failpoints: Failpoints,
  ) {}

  /** Safe to repeat, and to be cut off anywhere: the end is in Postgres first, and the gate is told until its line is empty. */
  async run({ campaign: { id, state }, canEndLine }: Look): Promise<Found> {
    if (state !== 'CLOSED') return 'nothing';
    let isToEnd = canEndLine;
    for (let page = 0; page < PAGES; page++) {
      const ended = isToEnd ? await this.end(id) : 0;
      isToEnd = ended === this.environment.REAPER_BATCH_SIZE;
      if (ended > 0) this.failpoints.reach('line.ended');
      if ((await this.tellGate(id)) === 0 && !isToEnd) return 'nothing';
    }
    return 'more';
  }

  /** @returns how many were ended */
  private async end(campaignId: string): Promise<number> {
    return this.source.transaction(async (transaction) => {
      // R26: before the statement that looks, so that it sees every grant of whoever had the turn before.
      await takeTurn(transaction, campaignId);
      const ended = await rows(transaction, END, [campaignId, this.environment.REAPER_BATCH_SIZE]);
      return ended.length;
    });
  }

  /** @returns how many of the first in the gate's line have ended, and were taken out of it */
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

/** SQL: the place was neither passed on to a grant nor ended. There is an index of just these, by arrival. */
export function isOpenEntry(entry: string): string {
  return `${entry}.promoted_at IS NULL AND ${entry}.ended_at IS NULL`;
}

/**
 * SQL: every slot of the campaign is a grant that is SUCCESS, so none can come free. The books say so without counting: a
 * campaign's account begins with capacity x amount, and each payout takes the amount from it, in the transaction that makes
 * the grant SUCCESS. What comes back is paid into it again: where the slot is granted again, its grant is no longer SUCCESS;
 * where it is kept, it is, and that much stays in the account for ever. No slot has two grants that are SUCCESS, and none
 * lies beyond the capacity (P1). Costs what was reversed, not what was paid.
 */
export function isPaidOut(campaign: string): string {
  return `(
    (SELECT balance FROM ledger_accounts WHERE campaign_id = ${campaign}.id AND kind = 'CAMPAIGN')
    = ${campaign}.amount * CASE ${campaign}.reversal_policy WHEN 'keep' THEN
        (SELECT count(*) FROM payouts WHERE campaign_id = ${campaign}.id AND state = 'REVERSED' AND gate_told_at IS NULL)
      ELSE 0 END)`;
}

/**
 * $1 campaign, $2 how many. R26: whoever holds its turn changes the campaign's row, and an INSERT of claims that began before
 * is refused by that (see RECORD), so none makes a grant of an entry that it saw open.
 */
const END = `
  WITH closed AS (
    SELECT id FROM campaigns WHERE id = $1 AND state = 'CLOSED' AND ${isPaidOut('campaigns')}
  ), ended AS (
    UPDATE waiting_entries entry SET ended_at = now() FROM closed
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
