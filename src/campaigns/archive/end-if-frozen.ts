import type { EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

/**
 * Has Postgres end this transaction if the process stands still in it for ten seconds: it locks rows that the service
 * needs, such as wallets. The time for statements is as long as they need, and too long for that.
 */
export async function endIfFrozen(transaction: EntityManager): Promise<void> {
  await rows(transaction, `SELECT set_config('idle_in_transaction_session_timeout', '10s', true)`);
}
