import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './open-redis.js';

/** The only policy under which nothing disappears by itself: a gate, or a queue, that lost some of its keys is worth nothing. */
const KEEPS_ALL = 'noeviction';

/**
 * What a server does when its memory is full, if that is to throw away keys of ours: its `maxmemory-policy`. Null when it keeps all,
 * or can't be asked just now.
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
