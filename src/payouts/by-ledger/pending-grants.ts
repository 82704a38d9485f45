import type { EntityManager } from 'typeorm';
import { payoutKeySql } from '../../ledger/payout-key.js';
import { TRANSFER_FROM_CAMPAIGN } from '../../ledger/transfer.js';
import { type PreparedStatement, preparedRows } from '../../platform/postgres/rows.js';
import { isToBegin } from '../due-payouts.js';
import type { EndedGrant } from '../ended-grants.js';
import { notStopped } from '../payout-stops.js';

/** A grant that is to be paid. */
export interface PulledGrant {
  readonly userId: string;
  readonly arrivalNo: number;
}

/** Arrival numbers: above `after`, up to `upTo`. */
export interface Arrivals {
  readonly after: number;
  readonly upTo: number;
}

export const ALL_ARRIVALS: Arrivals = { after: 0, upTo: Number.MAX_SAFE_INTEGER };

/**
 * The first `limit` grants among these arrivals that are to be paid, locked until the transaction ends. Grants that
 * others have locked are skipped (R21), and so is one whose payout was set back. None of a campaign that a provider
 * pays (R30).
 */
export function pullPending(
  transaction: EntityManager,
  campaignId: string,
  { after, upTo }: Arrivals,
  limit: number,
): Promise<PulledGrant[]> {
  return preparedRows(transaction, PULL_PENDING, [campaignId, after, upTo, limit]);
}

/**
 * Pays grants from `pullPending`, records the outcomes and ends the grants, in one statement. A closed wallet rejects.
 * @throws the driver's error when one of them cannot be paid now; nothing of the transaction counts then
 */
export function payPulled(
  transaction: EntityManager,
  campaignId: string,
  userIds: readonly string[],
): Promise<EndedGrant[]> {
  return pay(transaction, PAY_PULLED, campaignId, userIds);
}

/** Like `payPulled`, for locked grants whose payout already has a row. */
export function payBegun(
  transaction: EntityManager,
  campaignId: string,
  userIds: readonly string[],
): Promise<EndedGrant[]> {
  return pay(transaction, PAY_BEGUN, campaignId, userIds);
}

async function pay(
  transaction: EntityManager,
  statement: PreparedStatement,
  campaignId: string,
  userIds: readonly string[],
): Promise<EndedGrant[]> {
  const ended = await preparedRows<EndedGrant>(transaction, statement, [campaignId, userIds]);
  if (ended.length !== userIds.length) throw new Error('A grant that was locked as PENDING is not PENDING.');
  return ended;
}

/**
 * $1 campaign, $2 and $3 arrivals, $4 how many. Only the index of grants to begin has this order without the other
 * grants.
 */
const PULL_PENDING: PreparedStatement = {
  name: 'pull-pending-grants',
  text: `
    SELECT pulled.user_id AS "userId", pulled.arrival_no::float8 AS "arrivalNo"
      FROM campaigns
     CROSS JOIN LATERAL (SELECT user_id, arrival_no FROM user_grants fresh
                          WHERE campaign_id = $1 AND ${isToBegin('fresh')} AND arrival_no > $2 AND arrival_no <= $3
                          ORDER BY arrival_no LIMIT $4 FOR UPDATE SKIP LOCKED) AS pulled
     WHERE campaigns.id = $1 AND campaigns.payout_provider = 'ledger' AND ${notStopped('$1')}`,
};

/** A payout that is created with its outcome needs no event: `payout_history` shows it (docs/adr/0055). */
const PAY_PULLED = payStatement(
  'pay-pulled-grants',
  `payout AS (
     INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, provider_reference, last_error)
     SELECT $1, user_id, ${payoutKeySql('$1', 'user_id')}, outcome, transaction_id, reason FROM transferred
   )`,
);

const PAY_BEGUN = payStatement(
  'pay-begun-grants',
  `payout AS (
     UPDATE payouts
        SET state = outcome, provider_reference = transaction_id, last_error = reason,
            attempts = attempts + 1, due_at = NULL, updated_at = now()
       FROM transferred WHERE payouts.campaign_id = $1 AND payouts.user_id = transferred.user_id
   ), event AS (
     INSERT INTO payout_events (idempotency_key, event, detail)
     SELECT ${payoutKeySql('$1', 'user_id')}, outcome, reason FROM transferred
   )`,
);

/** $1 campaign, $2 users. Locked rows are updated by ctid, see docs/adr/0015. */
function payStatement(name: string, recordOutcomes: string): PreparedStatement {
  return {
    name,
    text: `
    WITH wanted AS (
       SELECT user_id, ${payoutKeySql('$1::text', 'user_id')} AS idempotency_key FROM unnest($2::bigint[]) AS users (user_id)
     ), ${TRANSFER_FROM_CAMPAIGN}, ${recordOutcomes}, ended AS (
       UPDATE user_grants grants SET status = CASE locked.outcome WHEN 'SETTLED' THEN 'SUCCESS' ELSE 'FAILED' END, updated_at = now()
         FROM (SELECT held.ctid, held.status, transferred.outcome
                 FROM transferred CROSS JOIN LATERAL (SELECT ctid, status FROM user_grants
                                                       WHERE campaign_id = $1 AND user_id = transferred.user_id OFFSET 0) AS held) AS locked
        WHERE grants.ctid = locked.ctid AND locked.status = 'PENDING'
       RETURNING grants.user_id, grants.grant_seq, grants.status
     ) SELECT user_id AS "userId", grant_seq AS "grantSeq", status FROM ended`,
  };
}
