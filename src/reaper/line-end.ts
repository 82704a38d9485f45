import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../config/environment.js';
import { Failpoints } from '../failpoints/failpoints.js';
import { SlotService } from '../gate/slot.service.js';
import { rows } from '../postgres/rows.js';

/**
 * Tells people in the line of a sealed campaign that it has ended: no slot can come free any more (R9). Until then promotion
 * goes on, closed or not. That is the only way for a line to be left over: while a slot is not paid, it is somebody's to be
 * paid, or it is the next one's of the line (R5).
 */
@Injectable()
export class LineEnd {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly slots: SlotService,
    private readonly environment: Environment,
    private readonly failpoints: Failpoints,
  ) {}

  /** Safe to repeat, and to be cut off anywhere: the end is in Postgres first, and the gate is told until its line is empty. */
  async run(campaignId: string): Promise<void> {
    const { REAPER_BATCH_SIZE } = this.environment;
    while ((await this.end(campaignId, REAPER_BATCH_SIZE)) === REAPER_BATCH_SIZE);

    const counts = await this.slots.counts(campaignId);
    if (!counts || counts.waiting === 0) return;
    let page = await this.ended(campaignId, 0, REAPER_BATCH_SIZE);
    for (let last = page.at(-1); last; last = page.at(-1)) {
      this.failpoints.reach('line.ended');
      await this.slots.endLine(
        campaignId,
        page.map(({ userId }) => userId),
      );
      page = await this.ended(campaignId, last.arrivalNo, REAPER_BATCH_SIZE);
    }
  }

  /** @returns how many were ended, at most `limit` */
  private async end(campaignId: string, limit: number): Promise<number> {
    const ended = await rows(this.source, END, [campaignId, limit]);
    return ended.length;
  }

  private ended(
    campaignId: string,
    afterArrivalNo: number,
    limit: number,
  ): Promise<{ userId: string; arrivalNo: number }[]> {
    return rows(
      this.source,
      `SELECT user_id AS "userId", arrival_no::float8 AS "arrivalNo" FROM waiting_entries
        WHERE campaign_id = $1 AND arrival_no > $2 AND ended_at IS NOT NULL ORDER BY arrival_no LIMIT $3`,
      [campaignId, afterArrivalNo, limit],
    );
  }
}

const END = `
  WITH paid_out AS (
    SELECT id FROM campaigns
     WHERE id = $1 AND sealed_at IS NOT NULL
  ), ended AS (
    UPDATE waiting_entries entry SET ended_at = now() FROM paid_out
     WHERE entry.campaign_id = $1 AND entry.ended_at IS NULL 
       AND entry.user_id = ANY (ARRAY(
             SELECT user_id FROM waiting_line WHERE campaign_id = $1 AND ended_at IS NULL ORDER BY arrival_no LIMIT $2))
    RETURNING entry.user_id
  ), touched AS ( -- so that the reaper comes back until the gate has been told
    UPDATE campaigns SET updated_at = now() WHERE id = $1 AND EXISTS (SELECT FROM ended)
  ) SELECT user_id FROM ended`;
