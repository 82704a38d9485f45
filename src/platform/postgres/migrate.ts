import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, MigrationExecutor, QueryFailedError } from 'typeorm';
import { postgresOptions } from './postgres-options.js';
import { checkServer } from './server-check.js';
import { withSessionLock } from './session-lock.js';

/** Any number will do, as long as every process that migrates asks for the same one. */
const MIGRATION_LOCK = 7_365_011;

const STATEMENT_TIMEOUT_MS = 600_000;

/**
 * A change of a table waits for transactions that read the table, and everything else waits behind the change. So it
 * waits no longer than claims can, lets them pass, and tries again.
 */
const LOCK_TIMEOUT_MS = 1_000;
const PAUSE_MS = 1_000;
const PATIENCE_MS = 600_000;

/**
 * Brings the schema up to date. Of several processes that try at once, one does the work and the others wait for it.
 * @returns the names of the migrations that were run
 */
export function runMigrations(databaseUrl: string): Promise<string[]> {
  return withMigrations(databaseUrl, async (source) => {
    const before = new Set(await executed(source));
    await givingWay(() => source.runMigrations({ transaction: 'each' }));
    return (await executed(source)).filter((name) => !before.has(name));
  });
}

/** Reverts the newest migration. Meant for development: its tables are dropped with what is in them. */
export function revertMigration(databaseUrl: string): Promise<void> {
  return withMigrations(databaseUrl, (source) =>
    givingWay(() => source.undoLastMigration({ transaction: 'each' })),
  );
}

/** In the order in which they were run. */
async function executed(source: DataSource): Promise<string[]> {
  const newestFirst = await new MigrationExecutor(source).getExecutedMigrations();
  return newestFirst.map(({ name }) => name).reverse();
}

async function withMigrations<T>(url: string, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = new DataSource({
    ...postgresOptions({
      url,
      poolSize: 2,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName: 'seonchak-migrate',
      lockTimeoutMs: LOCK_TIMEOUT_MS,
    }),
    migrations: [join(__dirname, '../../../migrations/*.{ts,js}')],
    migrationsTableName: 'migrations',
  });
  await source.initialize();
  try {
    await checkServer(source, false);
    return await withSessionLock(source, MIGRATION_LOCK, () => work(source));
  } finally {
    await source.destroy();
  }
}

/**
 * Repeats `work` when a lock was not granted in time, or a deadlock was ended. What was done before that stays done.
 */
async function givingWay(work: () => Promise<unknown>): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isLockConflict(error) || performance.now() > giveUpAt) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** lock_not_available, deadlock_detected */
const LOCK_CONFLICTS = ['55P03', '40P01'];

function isLockConflict(error: unknown): boolean {
  const { code = '' } = error instanceof QueryFailedError ? (error.driverError as { code?: string }) : {};
  return LOCK_CONFLICTS.includes(code);
}
