import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/**
 * Enters that a provider has paid out a campaign's amount for us, once per key: from the campaign's account to the
 * provider's.
 * @param keys of payouts; entering one of them a second time fails
 * @throws the driver's error when the campaign's account cannot pay, which is the last enforcement of P1
 */
export function enterPayouts(
  transaction: EntityManager,
  campaignId: string,
  keys: readonly string[],
): Promise<void> {
  return enter(transaction, campaignId, keys, 1);
}

/** Enters that the money of payouts came back: from the provider's account to the campaign's. Once per payout. */
export function enterReversals(
  transaction: EntityManager,
  campaignId: string,
  keys: readonly string[],
): Promise<void> {
  const reversals = keys.map((key) => `reversal:${key}`);
  return enter(transaction, campaignId, reversals, -1);
}

/**
 * Many transactions need both accounts: all of them lock the provider's first, then the campaign's. Postgres checks the
 * row proposed for INSERT even if the conflict turns it into an UPDATE, so the proposed balance is never below zero.
 */
async function enter(
  transaction: EntityManager,
  campaignId: string,
  keys: readonly string[],
  direction: 1 | -1,
): Promise<void> {
  const entries = await rows(
    transaction,
    `WITH terms AS (
       SELECT id, amount * $3 AS amount, amount * $3 * cardinality($2::text[]) AS total, currency FROM campaigns WHERE id = $1
     ), provider AS (
       INSERT INTO ledger_accounts (kind, currency, balance) SELECT 'PROVIDER', currency, greatest(total, 0) FROM terms
       ON CONFLICT (currency) WHERE kind = 'PROVIDER'
         DO UPDATE SET balance = ledger_accounts.balance + (SELECT total FROM terms)
       RETURNING id
     ), pool AS (
       UPDATE ledger_accounts SET balance = balance - terms.total FROM terms, provider
        WHERE campaign_id = terms.id AND kind = 'CAMPAIGN' RETURNING ledger_accounts.id
     ), entered AS (
       INSERT INTO ledger_transactions (idempotency_key, outcome) SELECT key, 'SETTLED' FROM unnest($2::text[]) AS keys (key)
       RETURNING id
     )
     INSERT INTO ledger_entries (transaction_id, account_id, amount)
     SELECT entered.id, side.account_id, side.amount
       FROM entered, terms, provider, pool,
            LATERAL (VALUES (pool.id, -terms.amount), (provider.id, terms.amount)) AS side (account_id, amount)
     RETURNING id`,
    [campaignId, keys, direction],
  );
  if (entries.length !== 2 * keys.length) throw new Error(`Campaign ${campaignId} has no account.`);
}
