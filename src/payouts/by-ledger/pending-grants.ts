import type { EntityManager } from 'typeorm';
import { rows } from '../../postgres/rows.js';
import { payoutKey } from '../payout-key.js';
import type { PayoutOrder, PayoutOutcome } from '../payout-port.js';

/**
 * The orders of those of `userIds` that are PENDING, locked until the transaction ends: whoever comes second waits, and
 * then finds them no longer pending. One that was begun by a provider, before PAYOUT_PROVIDER was changed, stays the
 * provider's: it may have been paid.
 */
export async function lockPending(
  transaction: EntityManager,
  campaignId: string,
  userIds: readonly string[],
): Promise<PayoutOrder[]> {
  const pending = await rows<{ userId: string; amount: string }>(
    transaction,
    `SELECT user_grants.user_id AS "userId", campaigns.amount
       FROM user_grants JOIN campaigns ON campaigns.id = user_grants.campaign_id
      WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[]) AND status = 'PENDING'
        AND NOT EXISTS (SELECT FROM payouts begun
                         WHERE begun.campaign_id = user_grants.campaign_id AND begun.user_id = user_grants.user_id OFFSET 0)
      ORDER BY user_id FOR UPDATE OF user_grants`,
    [campaignId, userIds],
  );
  return pending.map(({ userId, amount }) => ({
    idempotencyKey: payoutKey(campaignId, userId),
    campaignId,
    userId,
    amount: BigInt(amount),
  }));
}

/** Writes down what became of orders that `lockPending` gave out, and ends their grants. */
export async function recordOutcomes(
  transaction: EntityManager,
  orders: readonly PayoutOrder[],
  outcomes: readonly PayoutOutcome[],
): Promise<void> {
  const byKey = new Map(outcomes.map((outcome) => [outcome.idempotencyKey, outcome]));
  const ended = orders.map((order) => {
    const outcome = byKey.get(order.idempotencyKey);
    if (!outcome) throw new Error('The payout adapter left an order without an answer.');
    return { ...order, ...outcome };
  });
  const recorded = await rows(
    transaction,
    `WITH outcome AS (
       SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
                       AS outcome (user_id, idempotency_key, state, provider_reference, reason)
     ), payout AS (
       INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, provider_reference, last_error)
       SELECT $1, user_id, idempotency_key, state, provider_reference, reason FROM outcome
     ), event AS (
       INSERT INTO payout_events (idempotency_key, event, detail) SELECT idempotency_key, state, reason FROM outcome
     ), ended AS (
       UPDATE user_grants
          SET status = CASE WHEN user_id = ANY ($7::bigint[]) THEN 'SUCCESS' ELSE 'FAILED' END, updated_at = now()
        WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[]) AND status = 'PENDING'
       RETURNING user_id
     ) SELECT user_id FROM ended`,
    [
      ended[0]?.campaignId,
      ended.map(({ userId }) => userId),
      ended.map(({ idempotencyKey }) => idempotencyKey),
      ended.map(({ state }) => state),
      ended.map(({ providerReference }) => providerReference),
      ended.map((outcome) => ('reason' in outcome ? outcome.reason : null)),
      ended.filter(({ state }) => state === 'SETTLED').map(({ userId }) => userId),
    ],
  );
  if (recorded.length !== orders.length)
    throw new Error('A grant that was locked as PENDING is not PENDING.');
}
