import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/**
 * R28: moves whatever a campaign's account holds back to the treasury. Runs in the caller's transaction, which finishes
 * the campaign, or enters money that came back later.
 * @param of where the money comes from: `<campaign>` for what was never spent, or a payout's key; a second return of it
 *   fails
 * @returns minor units; 0 when the account is empty and nothing was entered
 */
export async function returnBudget(
  transaction: EntityManager,
  campaignId: string,
  of: string,
): Promise<bigint> {
  const [returned] = await rows<{ amount: string }>(
    transaction,
    `WITH pool AS (
       SELECT id, balance, currency FROM ledger_accounts
        WHERE campaign_id = $1 AND kind = 'CAMPAIGN' AND balance > 0 FOR UPDATE
     ), emptied AS (
       UPDATE ledger_accounts SET balance = ledger_accounts.balance - pool.balance FROM pool
        WHERE ledger_accounts.id = pool.id RETURNING ledger_accounts.id
     ), treasury AS (
       UPDATE ledger_accounts SET balance = ledger_accounts.balance + pool.balance FROM pool
        WHERE ledger_accounts.kind = 'TREASURY' AND ledger_accounts.currency = pool.currency
       RETURNING ledger_accounts.id
     ), returning_it AS (
       INSERT INTO ledger_transactions (idempotency_key, outcome) SELECT 'return:' || $2, 'SETTLED' FROM pool RETURNING id
     ), entries AS (
       INSERT INTO ledger_entries (transaction_id, account_id, amount)
       SELECT returning_it.id, side.account_id, side.amount
         FROM returning_it, pool, treasury,
              LATERAL (VALUES (pool.id, -pool.balance), (treasury.id, pool.balance)) AS side (account_id, amount)
     ) SELECT balance AS amount FROM pool`,
    [campaignId, of],
  );
  return BigInt(returned?.amount ?? 0);
}
