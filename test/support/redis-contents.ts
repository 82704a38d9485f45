import type { Redis } from 'ioredis';

/**
 * What Redis holds under these keys, for comparison. Not by DUMP: a hash with a long value is a table, and Redis may
 * rehash a table between two commands, which changes the order of its fields and nothing else.
 */
export async function redisContents(redis: Redis, keys: readonly string[]): Promise<Map<string, unknown>> {
  return new Map(await Promise.all(keys.map(async (key) => [key, await contentsOf(redis, key)] as const)));
}

async function contentsOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, '0', '-1');
    case 'zset':
      return redis.zrange(key, '0', '-1', 'WITHSCORES');
    case 'string':
      return redis.getBuffer(key);
    default:
      throw new Error(`No gate has a key of type ${type}.`);
  }
}
