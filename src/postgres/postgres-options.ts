import type { DataSourceOptions } from 'typeorm';

interface PostgresSettings {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** How long one statement may run, in ms; the client gives up a little later, for servers that don't answer at all. */
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
}

const CONNECT_TIMEOUT_MS = 1_000;
const CLIENT_GRACE_MS = 1_000;

/**
 * Every statement of the service finds its rows by key. In a rush tables grow from nothing to millions of rows before
 * anybody has counted them, and for a table that it takes for empty the planner prefers reading all of it, once for every
 * row of a foreign key check: so it is not offered that (docs/adr/0016).
 */
const BY_KEY_ALONE = ['enable_seqscan', 'jit'].map((setting) => `-c ${setting}=off`).join(' ');

/** How every process of the service talks to Postgres: the schema comes from migrations alone, no wait is endless. */
export function postgresOptions(settings: PostgresSettings): DataSourceOptions & { type: 'postgres' } {
  return {
    type: 'postgres',
    url: settings.url,
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    poolSize: settings.poolSize,
    applicationName: settings.applicationName,
    extra: {
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: settings.statementTimeoutMs,
      query_timeout: settings.statementTimeoutMs + CLIENT_GRACE_MS,
      idle_in_transaction_session_timeout: settings.statementTimeoutMs,
      keepAlive: true,
      options: BY_KEY_ALONE,
    },
  };
}
