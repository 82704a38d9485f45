import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { PayoutState } from '../payouts/payout-state.js';
import { rows } from '../postgres/rows.js';

/** A payout as operators see it. */
export interface PayoutRecord {
  readonly userId: string;
  readonly idempotencyKey: string;
  readonly state: PayoutState;
  readonly attempts: number;
  readonly providerReference: string | null;
  readonly lastError: string | null;
  readonly firstSentAt: Date | null;
  readonly updatedAt: Date;
}

/** What happened to a payout, one thing after the other. */
export interface PayoutEvent {
  readonly event: string;
  readonly detail: string | null;
  /** The operator who decided it. */
  readonly actor: string | null;
  readonly at: Date;
}

const COLUMNS = `
  user_id AS "userId", idempotency_key AS "idempotencyKey", state, attempts, provider_reference AS "providerReference",
  last_error AS "lastError", first_sent_at AS "firstSentAt", updated_at AS "updatedAt"`;

/** What operators want to know of payouts. */
@Injectable()
export class PayoutReports {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /** One page in order of user ids, of those after `afterUserId`. */
  page(
    campaignId: string,
    state: PayoutState | undefined,
    afterUserId: string,
    limit: number,
  ): Promise<PayoutRecord[]> {
    return rows<PayoutRecord>(
      this.source,
      `SELECT ${COLUMNS} FROM payouts
        WHERE campaign_id = $1 AND user_id > $2 AND ($3::text IS NULL OR state = $3) ORDER BY user_id LIMIT $4`,
      [campaignId, afterUserId, state ?? null, limit],
    );
  }

  async find(campaignId: string, userId: string): Promise<PayoutRecord | null> {
    const [payout] = await rows<PayoutRecord>(
      this.source,
      `SELECT ${COLUMNS} FROM payouts WHERE campaign_id = $1 AND user_id = $2`,
      [campaignId, userId],
    );
    return payout ?? null;
  }

  events(idempotencyKey: string): Promise<PayoutEvent[]> {
    return rows<PayoutEvent>(
      this.source,
      `SELECT event, detail, actor, created_at AS at FROM payout_events WHERE idempotency_key = $1 ORDER BY id`,
      [idempotencyKey],
    );
  }
}
