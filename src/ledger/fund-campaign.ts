import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';
import { Problem } from '../platform/problems/problem.js';
import type { Money } from './money.js';

/**
 * Moves a campaign's whole budget from the treasury to the campaign's own account. Runs in the caller's transaction,
 * which creates the campaign. A campaign is funded once: a second time fails on the idempotency key.
 * @param overdraftMax how far below zero the treasury may go, in minor units; null: no limit
 * @throws Problem 409 when it would go further; `transaction` must not be committed then
 */
export async function fundCampaign(
  transaction: EntityManager,
  campaignId: string,
  budget: Money,
  overdraftMax: bigint | null,
): Promise<void> {
  const [treasury] = await rows<{ balance: string }>(
    transaction,
    `WITH treasury AS (
       INSERT INTO ledger_accounts (kind, currency, balance) VALUES ('TREASURY', $2, -$3::bigint)
       ON CONFLICT (currency) WHERE kind = 'TREASURY' DO UPDATE SET balance = ledger_accounts.balance + excluded.balance
       RETURNING id, balance
     ), pool AS (
       INSERT INTO ledger_accounts (kind, campaign_id, currency, balance) VALUES ('CAMPAIGN', $1, $2, $3::bigint) RETURNING id
     ), funding AS (
       INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ('fund:' || $1, 'SETTLED') RETURNING id
     ), entries AS (
       INSERT INTO ledger_entries (transaction_id, account_id, amount)
       SELECT funding.id, treasury.id, -$3::bigint FROM funding, treasury
       UNION ALL
       SELECT funding.id, pool.id, $3::bigint FROM funding, pool
     ) SELECT balance FROM treasury`,
    [campaignId, budget.currency, budget.minorUnits.toString()],
  );
  if (overdraftMax !== null && treasury && BigInt(treasury.balance) < -overdraftMax)
    throw new Problem(409, 'over-budget', 'The treasury does not have enough', {
      detail: `The budget would take the treasury of ${budget.currency} further below zero than it may go.`,
    });
}
