import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/** SQL: the wallet is closed, so nobody may pay into it. @param userId and @param currency are SQL expressions */
export const isWalletClosed = (userId: string, currency: string): string => `
  EXISTS (SELECT FROM ledger_accounts wallet WHERE wallet.kind = 'WALLET' AND wallet.user_id = ${userId}
                                               AND wallet.currency = ${currency} AND wallet.closed_at IS NOT NULL)`;

/**
 * Enters that the ledger rejects a payout, once per key, as it does for payouts of its own.
 * @returns the id of the ledger transaction
 */
export async function enterRejection(transaction: EntityManager, idempotencyKey: string): Promise<string> {
  const [entered] = await rows<{ id: string }>(
    transaction,
    `INSERT INTO ledger_transactions (idempotency_key, outcome, reason) VALUES ($1, 'REJECTED', 'wallet-closed') RETURNING id`,
    [idempotencyKey],
  );
  if (!entered) throw new Error('An INSERT returned no row.');
  return entered.id;
}
