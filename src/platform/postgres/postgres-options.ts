import type { DataSourceOptions } from 'typeorm';
import { databaseHosts } from '../config/database-hosts.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { Hosts } from './hosts.js';
import { CLIENT_GRACE_MS } from './session.js';
import { SteadyPool, type SteadyPoolOptions } from './steady-pool.js';

interface PostgresSettings {
  /** Like DATABASE_URL: of one server or several. */
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /**
   * How long one statement may run, in ms; the client gives up a little later, for servers that don't answer at all.
   */
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  /**
   * Whether rows are looked up by key whatever the statistics say, as the service must (docs/adr/0015). A plan made for
   * one campaign expects no rows if the campaign is younger than the statistics, and reads all of it for each person. A
   * cached plan that was made while a table had one page reads the whole table after it has grown. Nor are statements
   * of a few rows compiled (jit), whatever an estimate says.
   */
  readonly looksUpByKey?: boolean;
  /** Whether a server that takes no writes will do: a standby, or a primary that is read-only. */
  readonly readsOnly?: boolean;
  /** How long a statement may wait for any lock, in ms; default: as long as it may run. */
  readonly lockTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 1_000;
/** TCP probes an idle connection after this time; a dead one ends a good ten seconds later. */
const KEEP_ALIVE_MS = 5_000;
/** A session's plans and its choice of server are not kept for ever. */
const LIFETIME_S = 1_800;

/**
 * Settings that an operator may have changed for a database or a role (`ALTER DATABASE … SET`) and that would change
 * the meaning, results or guarantees of our statements. A setting that is not listed has no effect on us, or is checked
 * at the start (`server-check.ts`).
 */
const OURS = {
  default_transaction_isolation: 'read committed', // a statement that waited for a row must see its new version (R1)
  idle_session_timeout: '0', // pooled sessions are idle most of the time
  transaction_timeout: '0', // PostgreSQL 17 and newer; each statement has a time-out
  ...{ TimeZone: 'UTC', DateStyle: 'ISO, MDY', IntervalStyle: 'postgres', bytea_output: 'hex' },
  ...{ extra_float_digits: '1', array_nulls: 'on', standard_conforming_strings: 'on' },
};

const LOOK_UP_BY_KEY = {
  ...{ plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off', jit: 'off' },
  ...{ enable_indexscan: 'on', enable_indexonlyscan: 'on', enable_bitmapscan: 'on', enable_nestloop: 'on' },
};

/**
 * The options with which every process of the service connects to Postgres: the schema comes from migrations alone, no
 * wait is endless, and only sessions that are as good as new are used again (R14). There is no other way to make a
 * pool.
 * @throws ConfigurationError when the URL is not valid
 */
export function postgresOptions(settings: PostgresSettings): DataSourceOptions & { type: 'postgres' } {
  const { statementTimeoutMs, lockTimeoutMs = 0 } = settings;
  const urls = hostsOf(settings.url);
  const pool = {
    hosts: new Hosts(urls),
    settings: {
      ...OURS,
      statement_timeout: String(statementTimeoutMs),
      idle_in_transaction_session_timeout: String(statementTimeoutMs),
      lock_timeout: String(lockTimeoutMs),
      ...(settings.looksUpByKey ? LOOK_UP_BY_KEY : {}),
    },
    readsOnly: settings.readsOnly ?? false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: statementTimeoutMs + CLIENT_GRACE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    maxLifetimeSeconds: LIFETIME_S,
  } satisfies SteadyPoolOptions;
  return {
    type: 'postgres',
    driver: { Pool: SteadyPool },
    url: urls[0], // for the name of the database; the pool knows where to connect
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    poolSize: settings.poolSize,
    applicationName: settings.applicationName,
    extra: pool,
  };
}

/** Tools pass a URL that nothing has checked. */
function hostsOf(url: string): string[] {
  try {
    return databaseHosts(url);
  } catch (error) {
    throw new ConfigurationError(`DATABASE_URL ${error instanceof Error ? error.message : String(error)}`);
  }
}
