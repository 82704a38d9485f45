import { DataSource, type EntityManager } from 'typeorm';
import { postgresOptions } from '../../platform/postgres/postgres-options.js';
import { rows } from '../../platform/postgres/rows.js';
import { LOG_LOCK } from '../log/log-lock.js';
import { readLogState } from '../log/log-store.js';

const STATEMENT_TIMEOUT_MS = 60_000;

/** How the log was: `being-written` and `tried` changed nothing. */
export interface Emptied {
  readonly outcome: 'emptied' | 'tried' | 'being-written';
  /** Leaves that it had. */
  readonly size: number;
}

/**
 * Empties the tables of the log, and no others, in one transaction, so that another log can begin. What was published
 * is not to be continued afterwards. Nobody may write the log meanwhile.
 * @param databaseUrl of the owner of the tables: they refuse everybody else
 * @param isMeant false: it is only looked at
 */
export async function emptyLog(databaseUrl: string, isMeant: boolean): Promise<Emptied> {
  const source = new DataSource(
    postgresOptions({
      ...{ url: databaseUrl, poolSize: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
      ...{ applicationName: 'seonchak-new-log', looksUpByKey: true },
    }),
  );
  try {
    await source.initialize();
    return await source.transaction(async (transaction) => {
      const { size } = await readLogState(transaction);
      if (!(await isNobodyWriting(transaction))) return { outcome: 'being-written', size };
      if (!isMeant) return { outcome: 'tried', size };
      await truncateTables(transaction);
      return { outcome: 'emptied', size };
    });
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

/** The lock of `trySessionLock`, until the transaction is over. */
async function isNobodyWriting(transaction: EntityManager): Promise<boolean> {
  const [lock] = await rows<{ isOurs: boolean }>(
    transaction,
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS "isOurs"`,
    [LOG_LOCK],
  );
  return lock?.isOurs === true;
}

/** Their triggers keep what was published; this is the one act that they are switched off for. */
async function truncateTables(transaction: EntityManager): Promise<void> {
  const found = await rows<{ name: string }>(transaction, LOG_TABLES);
  for (const { name } of found) await transaction.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  await transaction.query(`TRUNCATE ${found.map(({ name }) => name).join(', ')}`);
  for (const { name } of found) await transaction.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  await transaction.query(`INSERT INTO log_state DEFAULT VALUES`);
}

/** By their prefix, which no other table has: one that is added to the log cannot be forgotten here. */
const LOG_TABLES = `
  SELECT oid::regclass::text AS name FROM pg_class
   WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'log_state'::regclass)
     AND relkind = 'r' AND starts_with(relname, 'log_')`;
