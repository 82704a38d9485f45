import { DataSource } from 'typeorm';
import { postgresOptions } from '../../src/platform/postgres/postgres-options.js';

const STATEMENT_TIMEOUT_MS = 300_000;

/**
 * Runs `work` on the server that the service uses: of the hosts in DATABASE_URL, the one that takes writes. A standby
 * may lag behind what clients were told.
 * @throws NoSessionError if there is none
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
