import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './open-redis.js';

/** The only policy under which no key disappears by itself: a gate or queue that lost some of its keys is useless. */
const KEEPS_ALL = 'noeviction';

/**
 * The `maxmemory-policy` of a server that may evict our keys when its memory is full. Null when every server keeps all
 * keys, or cannot be asked just now.
 */
export async function evictionPolicy(client: RedisClient): Promise<string | null> {
  const servers: readonly Redis[] = client instanceof Cluster ? client.nodes('master') : [client];
  const policies = await Promise.all(servers.map((server) => policyOf(server)));
  return policies.find((policy) => policy !== KEEPS_ALL && policy !== null) ?? null;
}

async function policyOf(server: Redis): Promise<string | null> {
  if (server.status !== 'ready') return null; // a command might wait for the connection
  const memory = await server.info('memory').catch(() => '');
  return /^maxmemory_policy:([\w-]+)/m.exec(memory)?.[1] ?? null;
}
