import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { SlotService } from '../gate/slot.service.js';
import { rows } from '../postgres/rows.js';

/**
 * Tells people in the line of a closed campaign that it has ended, once no slot can come free any more: every slot is paid
 * (R9). Until then promotion goes on, closed or not. That is the only way for a line to be left over: while a slot is not
 * paid, it is somebody's to be paid, or it is the next one's of the line (R5).
 */
@Injectable()
export class LineEnd {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly slots: SlotService,
  ) {}

  async run(campaignId: string): Promise<void> {
    await rows(this.source, END, [campaignId]);
    const counts = await this.slots.counts(campaignId);
    if (!counts || counts.waiting === 0) return;
    const ended = await rows<{ userId: string }>(
      this.source,
      `SELECT user_id AS "userId" FROM waiting_entries WHERE campaign_id = $1 AND ended_at IS NOT NULL`,
      [campaignId],
    );
    await this.slots.endLine(
      campaignId,
      ended.map(({ userId }) => userId),
    );
  }
}

const END = `
  WITH paid_out AS (
    SELECT id FROM campaigns
     WHERE id = $1 AND state = 'CLOSED'
       AND capacity = (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS')
  ), ended AS (
    UPDATE waiting_entries entry SET ended_at = now() FROM paid_out
     WHERE entry.campaign_id = paid_out.id AND entry.ended_at IS NULL
       AND entry.user_id IN (SELECT user_id FROM waiting_line WHERE campaign_id = $1)
    RETURNING 1
  ) SELECT count(*) FROM ended`;
