import type { EntityManager } from 'typeorm';
import { payoutKeySql } from '../../ledger/payout-key.js';
import { TRANSFER_FROM_CAMPAIGNS } from '../../ledger/transfer.js';
import { numberArray } from '../../platform/postgres/number-array.js';
import { type PreparedStatement, preparedRows } from '../../platform/postgres/rows.js';
import { isToBegin } from '../due-payouts.js';
import type { EndedGrant } from '../ended-grants.js';
import { notStopped } from '../payout-stops.js';

/** A grant that is to be paid. */
export interface PulledGrant {
  readonly campaignId: string;
  readonly userId: string;
  readonly arrivalNo: number;
}

/** A grant by its key. */
export type GrantKey = Pick<PulledGrant, 'campaignId' | 'userId'>;

/** A grant whose payout has ended, and its campaign. */
export interface PaidGrant extends EndedGrant {
  readonly campaignId: string;
}

/** Arrival numbers: above `after`, up to `upTo`. */
export interface Arrivals {
  readonly after: number;
  readonly upTo: number;
}

export const ALL_ARRIVALS: Arrivals = { after: 0, upTo: Number.MAX_SAFE_INTEGER };

/**
 * Of each of these campaigns the first `limit` grants among these arrivals that are to be paid, locked until the
 * transaction ends. Grants that others have locked are skipped (R21), and so is one whose payout was set back. None of
 * a campaign that a provider pays (R30).
 * @param campaignIds each once
 */
export function pullPending(
  transaction: EntityManager,
  campaignIds: readonly string[],
  { after, upTo }: Arrivals,
  limit: number,
): Promise<PulledGrant[]> {
  return preparedRows(transaction, PULL_PENDING, [campaignIds, after, upTo, limit]);
}

/**
 * Pays grants from `pullPending`, records the outcomes and ends the grants, in one statement. A closed wallet rejects.
 * @throws the driver's error when one of them cannot be paid now; nothing of the transaction counts then
 */
export function payPulled(transaction: EntityManager, grants: readonly GrantKey[]): Promise<PaidGrant[]> {
  return pay(transaction, PAY_PULLED, grants);
}

/** Like `payPulled`, for locked grants whose payout already has a row. */
export function payBegun(transaction: EntityManager, grants: readonly GrantKey[]): Promise<PaidGrant[]> {
  return pay(transaction, PAY_BEGUN, grants);
}

async function pay(
  transaction: EntityManager,
  statement: PreparedStatement,
  grants: readonly GrantKey[],
): Promise<PaidGrant[]> {
  const campaignIds = [...new Set(grants.map(({ campaignId }) => campaignId))];
  const places = new Map(campaignIds.map((campaignId, index) => [campaignId, index + 1]));
  const ended = await preparedRows<PaidGrant>(transaction, statement, [
    campaignIds,
    numberArray(grants.map(({ campaignId }) => places.get(campaignId) ?? 0)),
    numberArray(grants.map(({ userId }) => userId)),
  ]);
  if (ended.length !== grants.length) throw new Error('A grant that was locked as PENDING is not PENDING.');
  return ended;
}

/**
 * $1 campaigns, $2 and $3 arrivals, $4 how many of each campaign. Only the index of grants to begin has this order
 * without the other grants.
 */
const PULL_PENDING: PreparedStatement = {
  name: 'pull-pending-grants',
  text: `
    SELECT paying.id AS "campaignId", pulled.user_id AS "userId", pulled.arrival_no::float8 AS "arrivalNo"
      FROM unnest($1::text[]) AS wanted (campaign_id)
     CROSS JOIN LATERAL (SELECT id FROM campaigns
                          WHERE id = wanted.campaign_id AND campaigns.payout_provider = 'ledger' AND ${notStopped('campaigns.id')}
                         OFFSET 0) AS paying
     CROSS JOIN LATERAL (SELECT user_id, arrival_no FROM user_grants fresh
                          WHERE campaign_id = paying.id AND ${isToBegin('fresh')} AND arrival_no > $2 AND arrival_no <= $3
                          ORDER BY arrival_no LIMIT $4 FOR UPDATE SKIP LOCKED) AS pulled`,
};

/** A payout that is created with its outcome needs no event: `payout_history` shows it (docs/adr/0055). */
const PAY_PULLED = payStatement(
  'pay-pulled-grants',
  `payout AS (
     INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, provider_reference, last_error)
     SELECT campaign_id, user_id, ${payoutKeySql('campaign_id', 'user_id')}, outcome, transaction_id, reason FROM transferred
   )`,
);

const PAY_BEGUN = payStatement(
  'pay-begun-grants',
  `payout AS (
     UPDATE payouts
        SET state = outcome, provider_reference = transaction_id, last_error = reason,
            attempts = attempts + 1, due_at = NULL, updated_at = now()
       FROM transferred
      WHERE payouts.campaign_id = transferred.campaign_id AND payouts.user_id = transferred.user_id
   ), event AS (
     INSERT INTO payout_events (idempotency_key, event, detail)
     SELECT ${payoutKeySql('campaign_id', 'user_id')}, outcome, reason FROM transferred
   )`,
);

/**
 * $1 campaigns, $2 the place in $1 of each grant's campaign, $3 users. Locked rows are updated by ctid, see
 * docs/adr/0015.
 */
function payStatement(name: string, recordOutcomes: string): PreparedStatement {
  return {
    name,
    text: `
    WITH wanted AS (
       SELECT campaign_id, user_id, ${payoutKeySql('campaign_id', 'user_id')} AS idempotency_key
         FROM (SELECT ($1::text[])[place] AS campaign_id, user_id
                 FROM unnest($2::int[], $3::bigint[]) AS orders (place, user_id)) AS orders
     ), ${TRANSFER_FROM_CAMPAIGNS}, ${recordOutcomes}, ended AS (
       UPDATE user_grants grants SET status = CASE locked.outcome WHEN 'SETTLED' THEN 'SUCCESS' ELSE 'FAILED' END, updated_at = now()
         FROM (SELECT held.ctid, held.status, transferred.outcome
                 FROM transferred CROSS JOIN LATERAL (SELECT ctid, status FROM user_grants
                                                       WHERE campaign_id = transferred.campaign_id
                                                         AND user_id = transferred.user_id OFFSET 0) AS held) AS locked
        WHERE grants.ctid = locked.ctid AND locked.status = 'PENDING'
       RETURNING grants.campaign_id, grants.user_id, grants.grant_seq, grants.status
     ) SELECT campaign_id AS "campaignId", user_id AS "userId", grant_seq AS "grantSeq", status FROM ended`,
  };
}
