import type { DataSourceOptions } from 'typeorm';

interface PostgresSettings {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** How long one statement may run, in ms; the client gives up a little later, for servers that don't answer at all. */
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  /**
   * Whether rows are looked up by key whatever the statistics say, as the service must (docs/adr/0015). Made for the very
   * campaign that is asked for, a plan expects nobody in one that is younger than the statistics, and reads all of it for
   * each person; and one that was made while a table had a page, and is kept, reads the whole table when it has grown.
   * Nor are statements of a few rows compiled (jit), whatever an estimate says.
   */
  readonly looksUpByKey?: boolean;
}

const CONNECT_TIMEOUT_MS = 1_000;
const CLIENT_GRACE_MS = 1_000;

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
      ...(settings.looksUpByKey
        ? { options: '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off' }
        : {}),
    },
  };
}
