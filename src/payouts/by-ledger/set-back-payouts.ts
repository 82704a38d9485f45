import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { type PreparedStatement, preparedRows, rows } from '../../platform/postgres/rows.js';
import { dueFrom, isDue } from '../due-payouts.js';
import { payoutKeySql } from '../../ledger/payout-key.js';
import { notStopped } from '../payout-stops.js';

export interface BegunPayout {
  readonly userId: string;
  /** Certainly nothing was ever sent for it. */
  readonly isSetBack: boolean;
}

/**
 * Orders that failed by themselves, set back so that they hold up no others. No money of theirs has moved: the payout
 * is DUE and was never sent.
 */
@Injectable()
export class SetBackPayouts {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /** Sets an order back for a pause that doubles each time, from PAYOUT_RETRY_MS to PAYOUT_RETRY_MAX_MS. */
  async setBack(campaignId: string, userId: string, why: string): Promise<void> {
    const { PAYOUT_RETRY_MS, PAYOUT_RETRY_MAX_MS } = this.environment;
    await rows(this.source, SET_BACK, [campaignId, userId, why, PAYOUT_RETRY_MS, PAYOUT_RETRY_MAX_MS]);
  }

  /** The begun payouts that are due, at most `limit`: set back, or begun by somebody else. */
  async due(campaignId: string, limit: number): Promise<BegunPayout[]> {
    return rows<BegunPayout>(
      this.source,
      `SELECT user_id AS "userId", ${isSetBack('p')} AS "isSetBack" FROM payouts p
        WHERE campaign_id = $1 AND ${isDue('p')} AND ${notStopped('$1')} ORDER BY ${dueFrom('p')} LIMIT $2`,
      [campaignId, limit],
    );
  }

  /** Which of these campaigns have begun payouts that are due. */
  async whoseAreDue(campaignIds: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await preparedRows<{ campaignId: string }>(this.source, WHOSE_ARE_DUE, [campaignIds]);
    return new Set(found.map(({ campaignId }) => campaignId));
  }

  /**
   * Locks the grant and the payout of a user whose pause is over, until the transaction ends.
   * @returns false when another process works on it, or did
   */
  async take(transaction: EntityManager, campaignId: string, userId: string): Promise<boolean> {
    const taken = await rows(
      transaction,
      `SELECT p.user_id FROM payouts p
         JOIN user_grants g ON g.campaign_id = p.campaign_id AND g.user_id = p.user_id
         JOIN campaigns c ON c.id = p.campaign_id
        WHERE p.campaign_id = $1 AND p.user_id = $2 AND ${isSetBack('p')} AND ${isDue('p')} AND g.status = 'PENDING'
          AND c.payout_provider = 'ledger' AND ${notStopped('$1')}
          FOR UPDATE OF p, g SKIP LOCKED`,
      [campaignId, userId],
    );
    return taken.length > 0;
  }
}

/** $1 campaigns. */
const WHOSE_ARE_DUE: PreparedStatement = {
  name: 'campaigns-with-begun-payouts-due',
  text: `
    SELECT campaign_id AS "campaignId" FROM unnest($1::text[]) AS wanted (campaign_id)
     WHERE (SELECT true FROM payouts p WHERE p.campaign_id = wanted.campaign_id AND ${isDue('p')} LIMIT 1)`,
};

/** SQL: certainly nothing was ever sent for it. */
export function isSetBack(payout: string): string {
  return `${payout}.state = 'DUE' AND ${payout}.attempts = 0 AND ${payout}.first_sent_at IS NULL`;
}

/**
 * $1 campaign, $2 user, $3 why, $4 first and $5 longest pause (ms). The grant is locked before its payout. The payout's
 * fence counts how often it was set back.
 */
const SET_BACK = `
  WITH locked AS (
    SELECT g.campaign_id, g.user_id, ${payoutKeySql('g.campaign_id', 'g.user_id')} AS idempotency_key
      FROM user_grants g WHERE g.campaign_id = $1 AND g.user_id = $2 AND g.status = 'PENDING' FOR UPDATE OF g
  ), begun AS (
    INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, attempts, last_error, due_at)
    SELECT campaign_id, user_id, idempotency_key, 'DUE', 0, $3, now() + $4 * interval '1 ms' FROM locked
    ON CONFLICT DO NOTHING
    RETURNING idempotency_key
  ), again AS (
    UPDATE payouts
       SET last_error = $3, fence = payouts.fence + 1, updated_at = now(),
           due_at = now() + least($5::float8, $4 * power(2, least(payouts.fence, 30))) * interval '1 ms'
      FROM locked
     WHERE payouts.idempotency_key = locked.idempotency_key AND ${isSetBack('payouts')}
    RETURNING payouts.idempotency_key
  ), set_back AS (
    SELECT * FROM begun UNION ALL SELECT * FROM again
  ) INSERT INTO payout_events (idempotency_key, event, detail) SELECT idempotency_key, 'PUT_BACK', $3 FROM set_back RETURNING id`;
