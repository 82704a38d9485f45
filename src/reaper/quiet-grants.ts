import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../config/environment.js';
import { Doorbell } from '../doorbell/doorbell.js';
import { rows } from '../postgres/rows.js';

/** Grants that the gate should have reminded us of by now are this many leases old. */
const QUIET_LEASES = 2;

/**
 * Rings for grants that have been PENDING for long, whatever the gate says: should it have forgotten them, Postgres has not.
 * Those whose payout was begun by a provider are `DuePayouts`'.
 */
@Injectable()
export class QuietGrants {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly doorbell: Doorbell,
    private readonly environment: Environment,
  ) {}

  async run(campaignId: string): Promise<void> {
    const { SLOT_LEASE_MS, REAPER_BATCH_SIZE } = this.environment;
    const quiet = await rows<{ userId: string }>(
      this.source,
      `SELECT user_id AS "userId" FROM user_grants quiet
        WHERE campaign_id = $1 AND status = 'PENDING' AND updated_at < now() - $2 * interval '1 ms'
          AND NOT EXISTS (SELECT FROM payouts begun
                           WHERE begun.campaign_id = quiet.campaign_id AND begun.user_id = quiet.user_id OFFSET 0)
        ORDER BY updated_at LIMIT $3`,
      [campaignId, QUIET_LEASES * SLOT_LEASE_MS, REAPER_BATCH_SIZE],
    );
    await this.doorbell.ring(
      campaignId,
      quiet.map(({ userId }) => userId),
    );
  }
}
