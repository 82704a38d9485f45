import type { EntityManager } from 'typeorm';
import { type PreparedStatement, preparedRows } from '../../postgres/rows.js';
import type { EndedGrant } from '../ended-grants.js';
import { payoutKey } from '../payout-key.js';
import type { PayoutOrder, PayoutOutcome } from '../payout-port.js';
import { notStopped } from '../payout-stops.js';

/**
 * The orders of those of `userIds` that are PENDING, locked until the transaction ends: whoever comes second waits, and
 * then finds them no longer pending. One that was begun by a provider, before PAYOUT_PROVIDER was changed, stays the
 * provider's: it may have been paid. Rows are looked up one by one, by key and in the order of users, see docs/adr/0015.
 */
export async function lockPending(
  transaction: EntityManager,
  campaignId: string,
  userIds: readonly string[],
): Promise<PayoutOrder[]> {
  const pending = await preparedRows<{ userId: string; amount: string }>(transaction, LOCK_PENDING, [
    campaignId,
    userIds,
  ]);
  return pending.map(({ userId, amount }) => ({
    idempotencyKey: payoutKey(campaignId, userId),
    campaignId,
    userId,
    amount: BigInt(amount),
  }));
}

/** Writes down what became of orders that `lockPending` gave out, and ends their grants. @returns these */
export async function recordOutcomes(
  transaction: EntityManager,
  orders: readonly PayoutOrder[],
  outcomes: readonly PayoutOutcome[],
): Promise<EndedGrant[]> {
  const byKey = new Map(outcomes.map((outcome) => [outcome.idempotencyKey, outcome]));
  const ended = orders.map((order) => {
    const outcome = byKey.get(order.idempotencyKey);
    if (!outcome) throw new Error('The payout adapter left an order without an answer.');
    return { ...order, ...outcome };
  });
  const recorded = await preparedRows<EndedGrant>(transaction, RECORD_OUTCOMES, [
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

const LOCK_PENDING: PreparedStatement = {
  name: 'lock-pending-grants',
  text: `
    SELECT locked.user_id AS "userId", campaigns.amount
       FROM campaigns, (SELECT DISTINCT user_id FROM unnest($2::bigint[]) AS wanted (user_id) ORDER BY user_id) AS wanted
      CROSS JOIN LATERAL (SELECT user_id, status FROM user_grants
                           WHERE campaign_id = $1 AND user_id = wanted.user_id OFFSET 0 FOR UPDATE) AS locked
      WHERE campaigns.id = $1 AND locked.status = 'PENDING' AND ${notStopped('$1')}
        AND NOT EXISTS (SELECT FROM payouts begun
                         WHERE begun.campaign_id = $1 AND begun.user_id = locked.user_id OFFSET 0)`,
};

const RECORD_OUTCOMES: PreparedStatement = {
  name: 'record-payout-outcomes',
  text: `
    WITH outcome AS (
       SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
                       AS outcome (user_id, idempotency_key, state, provider_reference, reason)
     ), payout AS (
       INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, provider_reference, last_error)
       SELECT $1, user_id, idempotency_key, state, provider_reference, reason FROM outcome
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
