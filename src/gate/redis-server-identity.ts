import type { Redis } from 'ioredis';

/** Which server, and which line of its data, a gate was built on (R11). */
export interface RedisServerIdentity {
  readonly runId: string;
  readonly replicationId: string;
}

const OLDEST_MAJOR = 7;

/**
 * Asks the server who it is. A restart changes `runId`, a promoted replica has another one, and a line of replication
 * that was broken has another `replicationId`: in each case the data may be older than what was answered to people.
 * @throws Error when the server is older than Redis 7
 */
export async function redisServerIdentity(redis: Redis): Promise<RedisServerIdentity> {
  const [server, replication] = await Promise.all([redis.info('server'), redis.info('replication')]);
  const version = field(server, 'redis_version');
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    throw new Error(`Redis ${version} is too old: the gate needs ${OLDEST_MAJOR} or later.`);
  }
  return { runId: field(server, 'run_id'), replicationId: field(replication, 'master_replid') };
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
}
