import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from '../arena/arena.js';
import { lastUntilEffect } from './effect.js';

/**
 * Ends every connection to the database except our own, as soon as there are any.
 * @returns the number of connections
 */
export function terminateBackends(arena: Arena): Promise<number> {
  return lastUntilEffect(0, () => terminateOnce(arena));
}

async function terminateOnce(arena: Arena): Promise<number> {
  const client = new Client({ connectionString: arena.databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the failing query reports it
  await client.connect();
  try {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

/**
 * Fast shutdown, which rolls back open transactions, then a start.
 * @returns 1
 */
export async function restartPostgres(arena: Arena, awayMs: number): Promise<number> {
  await arena.postgres.stop();
  await sleep(awayMs);
  await arena.startAgain(arena.postgres);
  return 1;
}
