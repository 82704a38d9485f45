import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PostgresServer } from '../../tools/stack/servers/postgres-server.js';
import { RedisServer } from '../../tools/stack/servers/redis-server.js';

/** A folder for servers of one test file; what is left running in it is ended with the test run. */
export function ownDataDir(): string {
  const parent = process.env.TEST_DATA_DIR;
  if (!parent) throw new Error('TEST_DATA_DIR is not set: run the tests with "npm test".');
  return join(parent, `own-${randomBytes(4).toString('hex')}`);
}

/** A Postgres and a Redis for one test file alone, which may do anything to them. */
export class OwnServers {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  private readonly dataDir: string;

  constructor() {
    this.dataDir = ownDataDir();
    this.postgres = new PostgresServer({ dataDir: this.dataDir, durable: false });
    this.redis = new RedisServer({ dataDir: this.dataDir, log: () => undefined });
  }

  /** Where Redis keeps its append-only files. */
  get redisFiles(): string {
    return join(this.dataDir, 'redis', 'appendonlydir');
  }

  async start(): Promise<void> {
    await this.postgres.start();
    await this.redis.start();
  }

  async remove(): Promise<void> {
    await Promise.all([this.postgres.stop(), this.redis.stop()]);
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
