import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { GateOwnership } from '../../grants/slots/gate-ownership.js';
import { isWhereItWas } from '../../grants/slots/installation.js';
import { recordAct } from '../../platform/admin/record-act.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { rows } from '../../platform/postgres/rows.js';
import { earliestRequest, LOST } from '../lost-payouts.js';
import type { EndedGrant } from '../ended-grants.js';
import { payoutKey } from '../../ledger/payout-key.js';
import type { PayoutState } from '../payout-state.js';

export interface Revocation {
  readonly campaignId: string;
  readonly userId: string;
  readonly reason: string;
  readonly operator: string;
}

/**
 * The result of a revocation: the grant is revoked, now or earlier; there is no grant; or its payout can no longer be
 * stopped.
 */
export type Revoked =
  | { readonly kind: 'revoked'; readonly grant: EndedGrant }
  | { readonly kind: 'no-grant' }
  | { readonly kind: 'refused'; readonly status: string; readonly payout: PayoutState | null };

interface LockedGrant {
  readonly userId: string;
  readonly grantSeq: number;
  readonly status: string;
}

/**
 * Revokes grants for which certainly nothing was ever sent (R25, P7): there is no payout, or it is due and was never
 * tried; and no payout may have been made that a set-back database does not know of (R22). The lock on the grant
 * excludes a payout by the ledger, the payout's row excludes one by a provider: one of the two comes first.
 */
@Injectable()
export class Revocations {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly ownership: GateOwnership,
    private readonly metrics: Metrics,
  ) {}

  /** Grant, payout and trail change in one transaction, or not at all. Safe to repeat. */
  async revoke(revocation: Revocation): Promise<Revoked> {
    return this.source.transaction(async (transaction): Promise<Revoked> => {
      const { campaignId, userId } = revocation;
      const grant = await lockGrant(transaction, campaignId, userId);
      if (!grant) return { kind: 'no-grant' };
      if (grant.status === 'PENDING' && (await takePayout(transaction, revocation, this.ownership))) {
        await end(transaction, revocation, grant);
        this.metrics.payouts.inc({ campaign: campaignId, outcome: 'revoked' });
        return { kind: 'revoked', grant: { ...grant, status: 'FAILED' } };
      }
      const payout = await readState(transaction, campaignId, userId);
      return payout === 'REVOKED'
        ? { kind: 'revoked', grant: { ...grant, status: 'FAILED' } }
        : { kind: 'refused', status: grant.status, payout };
    });
  }
}

async function lockGrant(
  transaction: EntityManager,
  campaignId: string,
  userId: string,
): Promise<LockedGrant | undefined> {
  const [grant] = await rows<LockedGrant>(
    transaction,
    `SELECT user_id AS "userId", grant_seq AS "grantSeq", status FROM user_grants
      WHERE campaign_id = $1 AND user_id = $2 FOR UPDATE`,
    [campaignId, userId],
  );
  return grant;
}

/** @returns false when the payout has been tried, a process is working on it, or the database may not know (R22) */
async function takePayout(
  transaction: EntityManager,
  { campaignId, userId, reason, operator }: Revocation,
  { identity, round }: Pick<GateOwnership, 'identity' | 'round'>,
): Promise<boolean> {
  const taken = await rows(
    transaction,
    `WITH ${LOST}, unsent AS (
       SELECT $3::text AS idempotency_key, NULL::timestamptz AS first_sent_at
     ), revocable AS (
       SELECT idempotency_key FROM unsent WHERE ${earliestRequest('unsent')} IS NULL AND ${isWhereItWas('$6', '$7')}
     ), begun AS (
       INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, attempts, last_error)
       SELECT $1, $2, idempotency_key, 'REVOKED', 0, 'revoked' FROM revocable
       ON CONFLICT DO NOTHING
       RETURNING idempotency_key
     ), again AS (
       UPDATE payouts
          SET state = 'REVOKED', last_error = 'revoked', leased_until = NULL, due_at = NULL, updated_at = now()
         FROM revocable
        WHERE payouts.idempotency_key = revocable.idempotency_key
          AND payouts.state = 'DUE' AND payouts.attempts = 0 AND payouts.first_sent_at IS NULL
       RETURNING payouts.idempotency_key
     ), revoked AS (
       SELECT * FROM begun UNION ALL SELECT * FROM again
     )
     INSERT INTO payout_events (idempotency_key, event, detail, actor)
     SELECT idempotency_key, 'REVOKED', $4, $5 FROM revoked RETURNING id`,
    [campaignId, userId, payoutKey(campaignId, userId), reason, operator, identity, round],
  );
  return taken.length > 0;
}

async function end(
  transaction: EntityManager,
  { campaignId, userId, reason, operator }: Revocation,
  { grantSeq }: LockedGrant,
): Promise<void> {
  await rows(
    transaction,
    `WITH ended AS (
       UPDATE user_grants SET status = 'FAILED', updated_at = now() WHERE campaign_id = $1 AND user_id = $2 RETURNING status
     ) SELECT status FROM ended`,
    [campaignId, userId],
  );
  const detail = { userId, grantSeq };
  await recordAct(transaction, { act: 'grant-revoked', actor: operator, campaignId, detail, reason });
}

async function readState(
  transaction: EntityManager,
  campaignId: string,
  userId: string,
): Promise<PayoutState | null> {
  const [payout] = await rows<{ state: PayoutState }>(
    transaction,
    `SELECT state FROM payouts WHERE campaign_id = $1 AND user_id = $2`,
    [campaignId, userId],
  );
  return payout?.state ?? null;
}
