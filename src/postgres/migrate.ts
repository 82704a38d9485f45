import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { postgresOptions } from './postgres-options.js';

/** Any number will do, as long as every process that migrates asks for the same one. */
const MIGRATION_LOCK = 7_365_011;

const STATEMENT_TIMEOUT_MS = 600_000;

/**
 * Brings the schema up to date; of several processes that try at once, one does and the others wait for it.
 * @returns the names of the migrations that were run
 */
export function runMigrations(databaseUrl: string): Promise<string[]> {
  return withMigrations(databaseUrl, async (source) => {
    const executed = await source.runMigrations({ transaction: 'each' });
    return executed.map(({ name }) => name);
  });
}

/** Takes back the newest migration. Meant for development: its tables go with what is in them. */
export function revertMigration(databaseUrl: string): Promise<void> {
  return withMigrations(databaseUrl, (source) => source.undoLastMigration({ transaction: 'each' }));
}

async function withMigrations<T>(url: string, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = new DataSource({
    ...postgresOptions({
      url,
      poolSize: 2,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName: 'seonchak-migrate',
    }),
    migrations: [join(__dirname, '../../migrations/*.{ts,js}')],
    migrationsTableName: 'migrations',
  });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work(source);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}
