import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../config/environment.js';
import { Doorbell } from '../doorbell/doorbell.js';
import { rows } from '../postgres/rows.js';

/** Rings for payouts by a provider that are due: in doubt and to be looked up, put back, or left by somebody who died. */
@Injectable()
export class DuePayouts {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly doorbell: Doorbell,
    private readonly environment: Environment,
  ) {}

  async run(campaignId: string): Promise<void> {
    const due = await rows<{ userId: string }>(
      this.source,
      `SELECT user_id AS "userId" FROM payouts
        WHERE campaign_id = $1 AND state IN ('DUE', 'SENDING', 'IN_DOUBT') AND COALESCE(due_at, leased_until) <= now()
        ORDER BY COALESCE(due_at, leased_until) LIMIT $2`,
      [campaignId, this.environment.REAPER_BATCH_SIZE],
    );
    await this.doorbell.ring(
      campaignId,
      due.map(({ userId }) => userId),
    );
  }
}
