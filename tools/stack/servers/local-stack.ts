import { join } from 'node:path';
import { PostgresServer } from './postgres-server.js';
import { ensureFolder } from '../project-folders.js';
import { RedisServer } from './redis-server.js';
import { postgresAccount } from './server-account.js';
import { isOpenTo, makeReachableFolder } from './reachable-folder.js';

export interface LocalStackOptions {
  dataDir: string;
  /** False for tests: PostgreSQL without fsync. */
  durable: boolean;
  log: (line: string) => void;
  /** Servers that exist already: a given server is used instead of starting one. */
  given?: { databaseUrl?: string; redisUrl?: string };
}

export interface LocalStack {
  databaseUrl: string;
  redisUrl: string;
  /** Where the servers keep their data: `dataDir`, or a reachable folder if PostgreSQL may not enter `dataDir`. */
  dataDir: string;
  /** Undefined if it was given. */
  postgres?: PostgresServer;
  /** Undefined if it was given. */
  redis?: RedisServer;
  /** Stops the servers that were started here, in parallel. */
  stop(): Promise<void>;
}

/** The data folder itself, or a folder outside the project if we run as root and PostgreSQL's user cannot enter it. */
async function reachableFolder(dataDir: string, log: (line: string) => void): Promise<string> {
  await ensureFolder(dataDir);
  const account = await postgresAccount(join(dataDir, 'postgres'));
  if (!account || (await isOpenTo(dataDir, account))) return dataDir;
  const folder = await makeReachableFolder(dataDir, account);
  log(
    `PostgreSQL does not run as root, and other users cannot enter this folder: data is stored in ${folder}.`,
  );
  return folder;
}

/** The given URL, or that of our own server once it is up. */
async function urlOnceUp(given: string | undefined, server: PostgresServer | RedisServer): Promise<string> {
  if (given) return given;
  await server.start();
  return server.url;
}

/** Starts PostgreSQL and Redis in parallel. If one fails, the other is stopped. */
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
