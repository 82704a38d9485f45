import type { RequestRedis } from '../../platform/redis/request-redis.js';

type Redis = Pick<RequestRedis, 'eval'>;

/**
 * KEYS 1 key; ARGV 1 time to live (ms). The value is the time to live that was asked for. Keys expire by the server's
 * clock: one that has longer to live than that was set before this clock was set back, and counts as expired (R27).
 */
const LEFT = `
  local left, asked = redis.call('PTTL', KEYS[1]), tonumber(redis.call('GET', KEYS[1]))
  if not asked or left > asked then left = 0 end`;
const READ = `${LEFT}
  return left`;
const PROLONG = `${LEFT}
  if left < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[1]) end`;

/** For how long this key stands yet, in ms; 0: it does not. @throws the error of ioredis when Redis can't be asked */
export async function timeLeft(redis: Redis, key: string): Promise<number> {
  return (await redis.eval(READ, 1, key)) as number;
}

/** Has this key stand for `ms` (whole, above 0), unless it stands for longer already. @throws as `timeLeft` */
export async function prolong(redis: Redis, key: string, ms: number): Promise<void> {
  await redis.eval(PROLONG, 1, key, ms);
}

/**
 * What rate-limiter-flexible counts with (`customIncrTtlLuaScript`): KEYS 1 key; ARGV 1 points, 2 seconds. As its own,
 * except that a count which would last longer than that is begun anew (R27): all calls would wait for its end.
 *
 * Returns {count, ms to its end}.
 */
export const COUNT = `
  local left, longest = redis.call('PTTL', KEYS[1]), 1000 * ARGV[2]
  if left < 0 or left > longest then
    redis.call('SET', KEYS[1], 0, 'PX', longest)
    left = longest
  end
  return { redis.call('INCRBY', KEYS[1], ARGV[1]), left }`;
