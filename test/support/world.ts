import type { NestExpressApplication } from '@nestjs/platform-express';
import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import supertest from 'supertest';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import type { Role } from '../../src/platform/config/settings/process.js';
import { createApp } from '../../src/create-app.js';
import { runMigrations } from '../../src/platform/postgres/migrate.js';
import { openRedis } from '../../src/platform/redis/open-redis.js';

export const JWT_SECRET = 'a secret for tests alone, long enough for HS256';

type Variables = Readonly<Record<string, string>>;

interface Servers {
  /** The URL of a database on the server from which others can be created. */
  readonly databaseUrl?: string;
  /** The URL of a single server, on which one database is used; or of another kind of Redis, for the test alone. */
  readonly redisUrl?: string;
  /** Begins as a copy of this world's database, as a restore does. Nobody may use that database meanwhile. */
  readonly copyOf?: World;
  /** Brings the schema up to date; default: by the migrations of this release. */
  readonly migrate?: (databaseUrl: string) => Promise<unknown>;
}

/** An instance of the service inside the test's process, listening on a port of its own. */
export interface RunningApp {
  readonly app: NestExpressApplication;
  readonly url: string;
  readonly http: supertest.Agent;
  close(): Promise<void>;
}

/**
 * A Postgres database and a Redis database that belong to one test file alone, on the real servers that `npm test` has
 * started. Times are short, so that tests see leases run out.
 */
export class World {
  private readonly apps: RunningApp[] = [];

  private constructor(
    readonly variables: Variables,
    readonly pg: pg.Pool,
    readonly redis: Redis,
    private readonly server: string,
    private readonly database: string,
  ) {}

  /**
   * @param variables configuration that differs from the one for tests
   * @param servers servers other than those that `npm test` has started
   */
  static async create(variables: Variables = {}, servers: Servers = {}): Promise<World> {
    const server = servers.databaseUrl ?? required('TEST_DATABASE_URL');
    const database = `test_${randomBytes(6).toString('hex')}`;
    const databaseUrl = new URL(server);
    databaseUrl.pathname = `/${database}`;
    if (servers.copyOf) await servers.copyOf.copyTo(database);
    else if (servers.databaseUrl ?? servers.migrate) {
      await administer(server, `CREATE DATABASE ${database}`);
      await (servers.migrate ?? runMigrations)(databaseUrl.toString());
    } else {
      await administer(server, `CREATE DATABASE ${database} TEMPLATE ${required('TEST_TEMPLATE')}`);
      await administer(databaseUrl.toString(), AS_NEW);
    }

    const all: Variables = {
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: databaseUrl.toString(),
      REDIS_URL: await emptyRedisDatabase(servers.redisUrl ?? required('TEST_REDIS_URL')),
      JWT_SECRET,
      LOG_LEVEL: 'silent',
      SLOT_LEASE_MS: '400',
      REAPER_INTERVAL_MS: '100',
      RATE_LIMIT_PER_USER: '1000000',
      REQUEST_DEADLINE_MS: '5000', // a busy machine is no outage
      ...variables,
    };
    const pool = new pg.Pool({ connectionString: databaseUrl.toString(), max: 4 });
    pool.on('error', () => undefined); // tests stop servers on purpose
    // This may be a cluster's client: only what both kinds of client know is used.
    const redis = openRedis(all.REDIS_URL ?? '', 'queue', 5_000, all) as Redis;
    redis.on('error', () => undefined);
    return new World(all, pool, redis, server, database);
  }

  /** Starts an instance in this role; it is closed with the world at the latest. */
  async start(role: Role, variables: Variables = {}): Promise<RunningApp> {
    const environment = readEnvironment({ ...this.variables, ...variables, APP_ROLE: role });
    const app = await createApp(environment);
    try {
      await app.listen(0, '127.0.0.1');
    } catch (error) {
      await app.close(); // a process would exit
      throw error;
    }
    const url = await app.getUrl();
    let closed: Promise<void> | undefined;
    const running: RunningApp = { app, url, http: supertest(url), close: () => (closed ??= app.close()) };
    this.apps.push(running);
    return running;
  }

  /** Copies the database as it is now; `restore` brings the copy back. No instance may run meanwhile. */
  async backUp(): Promise<{ restore: () => Promise<void> }> {
    const backup = `${this.database}_backup`;
    const copy = async (from: string, to: string): Promise<void> => {
      await administer(this.server, `DROP DATABASE IF EXISTS ${to} WITH (FORCE)`);
      await administer(this.server, END_SESSIONS.replace('$1', from));
      await administer(this.server, `CREATE DATABASE ${to} TEMPLATE ${from}`);
    };
    await copy(this.database, backup);
    return {
      restore: async () => {
        await copy(backup, this.database);
        await administer(this.server, `DROP DATABASE ${backup}`);
      },
    };
  }

  /** Rows of a query against this world's database. */
  async rows<Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.pg.query<Row>(sql, parameters)).rows;
  }

  /** Cuts idle connections first, because a database can be copied only while it has none. */
  private async copyTo(database: string): Promise<void> {
    await administer(
      this.server,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${this.database}'`,
    );
    await administer(this.server, `CREATE DATABASE ${database} TEMPLATE ${this.database}`);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.apps.map((app) => app.close()));
    this.redis.disconnect();
    await this.pg.end();
    await administer(this.server, `DROP DATABASE ${this.database} WITH (FORCE)`);
  }
}

/** $1 database. */
const END_SESSIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$1'`;

/** A copy of the template is an installation of its own. */
const AS_NEW = `UPDATE installation SET id = DEFAULT, round_at = DEFAULT`;

/** Uses a connection for this statement alone, because tests stop servers in between. */
async function administer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A Redis database that no other test file uses. */
async function emptyRedisDatabase(server: string): Promise<string> {
  if (!server.startsWith('redis:')) return server;
  const url = new URL(server);
  const redis = new Redis(url.toString());
  const databases = Number((await redis.config('GET', 'databases'))[1]);
  const number = 1 + ((await redis.incr('test:databases')) % (databases - 1));
  await redis.select(number);
  await redis.flushdb();
  redis.disconnect();
  url.pathname = `/${number}`;
  return url.toString();
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with "npm test", which starts the servers.`);
  return value;
}
