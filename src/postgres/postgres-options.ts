import type { DataSourceOptions } from 'typeorm';

interface PostgresSettings {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** How long one statement may run, in ms; the client gives up a little later, for servers that don't answer at all. */
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  /**
   * Whether plans avoid reading whole tables. For the service, which keeps plans (see `preparedRows`): one that was made while
   * a table had a page or two would read all of it when it has grown. The checks of foreign keys keep theirs, too: for each
   * payment they read all wallets. Nor are statements of a few rows compiled, whatever an estimate says.
   */
  readonly avoidsFullScans?: boolean;
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
      ...(settings.avoidsFullScans ? { options: '-c enable_seqscan=off -c jit=off' } : {}),
    },
  };
}
