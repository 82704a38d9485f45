import { join } from 'node:path';
import { PostgresServer } from './postgres-server.js';
import { ensureFolder } from '../project-folders.js';
import { RedisServer } from './redis-server.js';
import { postgresAccount } from './server-account.js';
import { isOpenTo, makeShelter } from './shelter.js';

export interface LocalStackOptions {
  dataDir: string;
  /** False for tests: PostgreSQL without fsync. */
  durable: boolean;
  log: (line: string) => void;
  /** Servers that exist already: none of our own is started in place of one that is given. */
  given?: { databaseUrl?: string; redisUrl?: string };
}

export interface LocalStack {
  databaseUrl: string;
  redisUrl: string;
  /** Where the servers keep their data: `dataDir`, or its shelter when `dataDir` is closed to PostgreSQL. */
  dataDir: string;
  /** Undefined when it was given. */
  postgres?: PostgresServer;
  /** Undefined when it was given. */
  redis?: RedisServer;
  /** Stops the servers that were started here, in parallel. */
  stop(): Promise<void>;
}

/** The data folder itself, or a folder outside the project when root's PostgreSQL could not enter it. */
async function reachableFolder(dataDir: string, log: (line: string) => void): Promise<string> {
  await ensureFolder(dataDir);
  const account = await postgresAccount(join(dataDir, 'postgres'));
  if (!account || (await isOpenTo(dataDir, account))) return dataDir;
  const shelter = await makeShelter(dataDir, account);
  log(`PostgreSQL does not run as root, and other users cannot enter this folder: data goes to ${shelter}.`);
  return shelter;
}

/** The URL that is given, or that of our own server once it is up. */
async function urlOnceUp(given: string | undefined, server: PostgresServer | RedisServer): Promise<string> {
  if (given) return given;
  await server.start();
  return server.url;
}

/** Brings up PostgreSQL and Redis side by side; when one fails the other is stopped again. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { durable, log, given = {} } = options;
  const dataDir = given.databaseUrl ? options.dataDir : await reachableFolder(options.dataDir, log);
  const postgres = new PostgresServer({ dataDir, durable });
  const redis = new RedisServer({ dataDir, log });
  const own = {
    postgres: given.databaseUrl ? undefined : postgres,
    redis: given.redisUrl ? undefined : redis,
  };
  const stop = async () => {
    await Promise.all([own.postgres?.stop(), own.redis?.stop()]);
  };
  const [database, gate] = await Promise.allSettled([
    urlOnceUp(given.databaseUrl, postgres),
    urlOnceUp(given.redisUrl, redis),
  ]);
  if (database.status === 'fulfilled' && gate.status === 'fulfilled') {
    return { databaseUrl: database.value, redisUrl: gate.value, dataDir, ...own, stop };
  }
  await stop();
  throw database.status === 'rejected' ? database.reason : (gate as PromiseRejectedResult).reason;
}
