import type { EntityManager } from 'typeorm';
import { type PreparedStatement, preparedRows } from '../../platform/postgres/rows.js';
import { isToBegin } from '../due-payouts.js';
import type { EndedGrant } from '../ended-grants.js';
import { payoutKey } from '../../ledger/payout-key.js';
import type { PayoutOrder, PayoutOutcome } from '../payout-port.js';
import { notStopped } from '../payout-stops.js';

/** An order for the grant with arrival number `arrivalNo`. */
export interface PulledOrder extends PayoutOrder {
  readonly arrivalNo: number;
}

/** Arrival numbers: above `after`, up to `upTo`. */
export interface Arrivals {
  readonly after: number;
  readonly upTo: number;
}

export const ALL_ARRIVALS: Arrivals = { after: 0, upTo: Number.MAX_SAFE_INTEGER };

/**
 * The first `limit` orders among these arrivals that are to be paid, locked until the transaction ends. Grants that
 * others have locked are skipped (R21), and so is a payout that was set back. None of a campaign that a provider pays
 * (R30).
 */
export async function pullPending(
  transaction: EntityManager,
  campaignId: string,
  { after, upTo }: Arrivals,
  limit: number,
): Promise<PulledOrder[]> {
  const pulled = await preparedRows<{ userId: string; arrivalNo: number; amount: string }>(
    transaction,
    PULL_PENDING,
    [campaignId, after, upTo, limit],
  );
  return pulled.map(({ userId, arrivalNo, amount }) => ({
    idempotencyKey: payoutKey(campaignId, userId),
    campaignId,
    userId,
    arrivalNo,
    amount: BigInt(amount),
  }));
}

/** Records the outcomes of orders from `pullPending`, and ends their grants. @returns the ended grants */
export async function recordOutcomes(
  transaction: EntityManager,
  orders: readonly PayoutOrder[],
  outcomes: readonly PayoutOutcome[],
): Promise<EndedGrant[]> {
  return record(transaction, RECORD_OUTCOMES, orders, outcomes);
}

/** Like `recordOutcomes`, for orders whose payout already has a row. */
export async function recordBegunOutcomes(
  transaction: EntityManager,
  orders: readonly PayoutOrder[],
  outcomes: readonly PayoutOutcome[],
): Promise<EndedGrant[]> {
  return record(transaction, RECORD_BEGUN_OUTCOMES, orders, outcomes);
}

async function record(
  transaction: EntityManager,
  statement: PreparedStatement,
  orders: readonly PayoutOrder[],
  outcomes: readonly PayoutOutcome[],
): Promise<EndedGrant[]> {
  const byKey = new Map(outcomes.map((outcome) => [outcome.idempotencyKey, outcome]));
  const ended = orders.map((order) => {
    const outcome = byKey.get(order.idempotencyKey);
    if (!outcome) throw new Error('The payout adapter left an order without an answer.');
    return { ...order, ...outcome };
  });
  const recorded = await preparedRows<EndedGrant>(transaction, statement, [
    ended[0]?.campaignId,
    ended.map(({ userId }) => userId),
    ended.map(({ idempotencyKey }) => idempotencyKey),
    ended.map(({ state }) => state),
    ended.map(({ providerReference }) => providerReference),
    ended.map((outcome) => ('reason' in outcome ? outcome.reason : null)),
  ]);
  if (recorded.length !== orders.length)
    throw new Error('A grant that was locked as PENDING is not PENDING.');
  return recorded;
}

/**
 * $1 campaign, $2 and $3 arrivals, $4 how many. Only the index of grants to begin has this order without the other
 * grants.
 */
const PULL_PENDING: PreparedStatement = {
  name: 'pull-pending-grants',
  text: `
    SELECT pulled.user_id AS "userId", pulled.arrival_no::float8 AS "arrivalNo", campaigns.amount
      FROM campaigns
     CROSS JOIN LATERAL (SELECT user_id, arrival_no FROM user_grants fresh
                          WHERE campaign_id = $1 AND ${isToBegin('fresh')} AND arrival_no > $2 AND arrival_no <= $3
                          ORDER BY arrival_no LIMIT $4 FOR UPDATE SKIP LOCKED) AS pulled
     WHERE campaigns.id = $1 AND campaigns.payout_provider = 'ledger' AND ${notStopped('$1')}`,
};

const RECORD_OUTCOMES = recordStatement(
  'record-payout-outcomes',
  `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, provider_reference, last_error)
   SELECT $1, user_id, idempotency_key, state, provider_reference, reason FROM outcome`,
);

const RECORD_BEGUN_OUTCOMES = recordStatement(
  'record-begun-payout-outcomes',
  `UPDATE payouts
      SET state = outcome.state, provider_reference = outcome.provider_reference, last_error = outcome.reason,
          attempts = attempts + 1, due_at = NULL, updated_at = now()
     FROM outcome WHERE payouts.campaign_id = $1 AND payouts.user_id = outcome.user_id`,
);

/** Locked rows are updated by ctid, see docs/adr/0015. */
function recordStatement(name: string, writePayouts: string): PreparedStatement {
  return {
    name,
    text: `
    WITH outcome AS (
       SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
                       AS outcome (user_id, idempotency_key, state, provider_reference, reason)
     ), payout AS (
       ${writePayouts}
     ), event AS (
       INSERT INTO payout_events (idempotency_key, event, detail) SELECT idempotency_key, state, reason FROM outcome
     ), ended AS (
       UPDATE user_grants grants SET status = CASE locked.state WHEN 'SETTLED' THEN 'SUCCESS' ELSE 'FAILED' END, updated_at = now()
         FROM (SELECT held.ctid, held.status, outcome.state
                 FROM outcome CROSS JOIN LATERAL (SELECT ctid, status FROM user_grants
                                                   WHERE campaign_id = $1 AND user_id = outcome.user_id OFFSET 0) AS held) AS locked
        WHERE grants.ctid = locked.ctid AND locked.status = 'PENDING'
       RETURNING grants.user_id, grants.grant_seq, grants.status
     ) SELECT user_id AS "userId", grant_seq AS "grantSeq", status FROM ended`,
  };
}
