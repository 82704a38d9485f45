import type { EntityManager } from 'typeorm';
import { type PreparedStatement, preparedRows } from '../platform/postgres/rows.js';

/** A transfer from a campaign's account to a user's wallet, to be made once, whatever happens. */
export interface Transfer {
  readonly idempotencyKey: string;
  readonly userId: string;
}

/** The outcome of a transfer, which is final: the same key always gets the same answer. */
export interface TransferResult {
  readonly idempotencyKey: string;
  readonly outcome: 'SETTLED' | 'REJECTED';
  /** Why it was rejected. */
  readonly reason: string | null;
  /** The id of the ledger transaction. */
  readonly transactionId: string;
}

/**
 * Moves `amount` to each user's wallet, in the caller's transaction. A missing wallet is opened; a closed one rejects.
 * Wallets are locked in the order of their users; the campaign's account last and once, because every transfer needs
 * that row.
 *
 * @param amount minor units, to each user
 * @throws the driver's error when the campaign's account cannot pay, or another transaction has just used one of the
 *   keys; nothing has moved then
 */
export async function transferFromCampaign(
  transaction: EntityManager,
  campaignId: string,
  amount: bigint,
  transfers: readonly Transfer[],
): Promise<TransferResult[]> {
  const remembered = await readResults(transaction, transfers);
  const done = new Set(remembered.map(({ idempotencyKey }) => idempotencyKey));
  const due = transfers.filter(({ idempotencyKey }) => !done.has(idempotencyKey));
  if (due.length === 0) return remembered;

  const credited = await creditWallets(transaction, campaignId, amount, due);
  const results = await enter(transaction, campaignId, amount, due, credited);
  await debitCampaign(transaction, campaignId, amount * BigInt(credited.size));
  return [...remembered, ...results];
}

function readResults(transaction: EntityManager, transfers: readonly Transfer[]): Promise<TransferResult[]> {
  return preparedRows<TransferResult>(transaction, READ_RESULTS, [
    transfers.map(({ idempotencyKey }) => idempotencyKey),
  ]);
}

/** @returns the credited accounts by user; a user who is missing has a closed wallet */
async function creditWallets(
  transaction: EntityManager,
  campaignId: string,
  amount: bigint,
  due: readonly Transfer[],
): Promise<Map<string, string>> {
  const credited = await preparedRows<{ userId: string; accountId: string }>(transaction, CREDIT_WALLETS, [
    campaignId,
    amount.toString(),
    due.map(({ userId }) => userId),
  ]);
  return new Map(credited.map(({ userId, accountId }) => [userId, accountId]));
}

/** Records each transfer: both entries if the wallet was credited, else the rejection. */
function enter(
  transaction: EntityManager,
  campaignId: string,
  amount: bigint,
  due: readonly Transfer[],
  credited: ReadonlyMap<string, string>,
): Promise<TransferResult[]> {
  return preparedRows<TransferResult>(transaction, ENTER, [
    campaignId,
    amount.toString(),
    due.map(({ idempotencyKey }) => idempotencyKey),
    due.map(({ userId }) => credited.get(userId) ?? null),
  ]);
}

/** The account's CHECK refuses what the account cannot pay: the last enforcement of P1. */
async function debitCampaign(transaction: EntityManager, campaignId: string, total: bigint): Promise<void> {
  if (total === 0n) return;
  const debited = await preparedRows(transaction, DEBIT_CAMPAIGN, [campaignId, total.toString()]);
  if (debited.length !== 1) throw new Error(`Campaign ${campaignId} has no account.`);
}

const READ_RESULTS: PreparedStatement = {
  name: 'read-transfers',
  text: `
    SELECT known.idempotency_key AS "idempotencyKey", known.outcome, known.reason, known.id AS "transactionId"
       FROM unnest($1::text[]) AS wanted (idempotency_key)
      CROSS JOIN LATERAL (SELECT * FROM ledger_transactions
                           WHERE idempotency_key = wanted.idempotency_key OFFSET 0) AS known`,
};

const CREDIT_WALLETS: PreparedStatement = {
  name: 'credit-wallets',
  text: `
    INSERT INTO ledger_accounts (kind, user_id, currency, balance)
     SELECT 'WALLET', users.id, campaigns.currency, $2
       FROM campaigns, unnest($3::bigint[]) AS users (id)
      WHERE campaigns.id = $1
      ORDER BY users.id
     ON CONFLICT (user_id, currency) WHERE kind = 'WALLET'
     DO UPDATE SET balance = ledger_accounts.balance + excluded.balance WHERE ledger_accounts.closed_at IS NULL
     RETURNING user_id AS "userId", id AS "accountId"`,
};

const ENTER: PreparedStatement = {
  name: 'enter-transfers',
  text: `
    WITH due AS (
       SELECT * FROM unnest($3::text[], $4::bigint[]) AS due (idempotency_key, account_id)
     ), entered AS (
       INSERT INTO ledger_transactions (idempotency_key, outcome, reason)
       SELECT idempotency_key,
              CASE WHEN account_id IS NULL THEN 'REJECTED' ELSE 'SETTLED' END,
              CASE WHEN account_id IS NULL THEN 'wallet-closed' END
         FROM due
       RETURNING id, idempotency_key, outcome, reason
     ), entries AS (
       INSERT INTO ledger_entries (transaction_id, account_id, amount)
       SELECT entered.id, side.account_id, side.amount
         FROM entered
         JOIN due USING (idempotency_key)
         JOIN ledger_accounts pool ON pool.campaign_id = $1 AND pool.kind = 'CAMPAIGN'
        CROSS JOIN LATERAL (VALUES (pool.id, -$2::bigint), (due.account_id, $2::bigint)) AS side (account_id, amount)
        WHERE entered.outcome = 'SETTLED'
     )
     SELECT idempotency_key AS "idempotencyKey", outcome, reason, id AS "transactionId" FROM entered`,
};

const DEBIT_CAMPAIGN: PreparedStatement = {
  name: 'debit-campaign',
  text: `
    WITH debited AS (
       UPDATE ledger_accounts SET balance = balance - $2 WHERE campaign_id = $1 AND kind = 'CAMPAIGN' RETURNING id
     ) SELECT id FROM debited`,
};
