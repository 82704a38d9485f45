import type { EntityManager } from 'typeorm';
import { rows } from '../postgres/rows.js';

/**
 * Enters that a provider has paid a campaign's amount out for us: from the campaign's account to the provider's.
 * @param key of the payout; a second time under it fails
 * @throws the driver's error when the campaign's account can't pay, which is the last line of P1
 */
export function enterPayout(transaction: EntityManager, campaignId: string, key: string): Promise<void> {
  return enter(transaction, campaignId, key, 1);
}

/** Enters that the money of a payout came back: from the provider's account to the campaign's. Once a payout. */
export function enterReversal(transaction: EntityManager, campaignId: string, key: string): Promise<void> {
  return enter(transaction, campaignId, `reversal:${key}`, -1);
}

/**
 * Both accounts are rows that many want: all take the provider's first, then the campaign's. Postgres checks the row that is
 * proposed for INSERT even where it comes to an UPDATE, so what is proposed is never below zero.
 */
async function enter(
  transaction: EntityManager,
  campaignId: string,
  key: string,
  direction: 1 | -1,
): Promise<void> {
  const entries = await rows(
    transaction,
    `WITH terms AS (
       SELECT id, amount * $3 AS amount, currency FROM campaigns WHERE id = $1
     ), provider AS (
       INSERT INTO ledger_accounts (kind, currency, balance) SELECT 'PROVIDER', currency, greatest(amount, 0) FROM terms
       ON CONFLICT (currency) WHERE kind = 'PROVIDER'
         DO UPDATE SET balance = ledger_accounts.balance + (SELECT amount FROM terms)
       RETURNING id
     ), pool AS (
       UPDATE ledger_accounts SET balance = balance - terms.amount FROM terms, provider
        WHERE campaign_id = terms.id AND kind = 'CAMPAIGN' RETURNING ledger_accounts.id
     ), entered AS (
       INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ($2, 'SETTLED') RETURNING id
     )
     INSERT INTO ledger_entries (transaction_id, account_id, amount)
     SELECT entered.id, side.account_id, side.amount
       FROM entered, terms, provider, pool,
            LATERAL (VALUES (pool.id, -terms.amount), (provider.id, terms.amount)) AS side (account_id, amount)
     RETURNING id`,
    [campaignId, key, direction],
  );
  if (entries.length !== 2) throw new Error(`Campaign ${campaignId} has no account.`);
}
