import { DataSource } from 'typeorm';
import { postgresOptions } from '../../src/platform/postgres/postgres-options.js';

const STATEMENT_TIMEOUT_MS = 300_000;

/**
 * Does `work` with a connection to the server that the service works on: of several that DATABASE_URL names, the one that takes writes.
 * A standby may not have yet what people were told.
 * @throws NoSessionError when there is none
 */
export async function withPostgres<T>(
  databaseUrl: string,
  applicationName: string,
  work: (source: DataSource) => Promise<T>,
): Promise<T> {
  const source = new DataSource(
    postgresOptions({
      url: databaseUrl,
      poolSize: 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName,
    }),
  );
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
