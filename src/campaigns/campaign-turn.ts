import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/** The longest wait for the turn. Callers that do not get it in time try again later. */
const PATIENCE_MS = 2_000;

/**
 * Takes the turn to change a campaign's row, until the transaction ends: the INSERTs of claims, which share the row,
 * neither starve the change nor run beside it (R1, R26).
 * @throws the driver's error (55P03) when the turn does not come within PATIENCE_MS
 */
export async function takeTurn(transaction: EntityManager, campaignId: string): Promise<void> {
  await rows(transaction, `SELECT set_config('lock_timeout', $1, true)`, [String(PATIENCE_MS)]);
  await rows(transaction, `SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))`, [
    campaignId,
  ]);
}
