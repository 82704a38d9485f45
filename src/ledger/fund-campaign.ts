import type { EntityManager } from 'typeorm';
import { rows } from '../postgres/rows.js';
import type { Money } from './money.js';

/**
 * Moves a campaign's whole budget from the treasury to an account of its own. Runs in the caller's transaction, the one
 * that creates the campaign. A campaign is funded once: a second time fails on the transaction's key.
 */
export async function fundCampaign(
  transaction: EntityManager,
  campaignId: string,
  budget: Money,
): Promise<void> {
  await rows(
    transaction,
    `WITH treasury AS (
       INSERT INTO ledger_accounts (kind, currency, balance) VALUES ('TREASURY', $2, -$3::bigint)
       ON CONFLICT (currency) WHERE kind = 'TREASURY' DO UPDATE SET balance = ledger_accounts.balance + excluded.balance
       RETURNING id
     ), pool AS (
       INSERT INTO ledger_accounts (kind, campaign_id, currency, balance) VALUES ('CAMPAIGN', $1, $2, $3::bigint) RETURNING id
     ), funding AS (
       INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ('fund:' || $1, 'SETTLED') RETURNING id
     )
     INSERT INTO ledger_entries (transaction_id, account_id, amount)
     SELECT funding.id, treasury.id, -$3::bigint FROM funding, treasury
     UNION ALL
     SELECT funding.id, pool.id, $3::bigint FROM funding, pool`,
    [campaignId, budget.currency, budget.minorUnits.toString()],
  );
}
