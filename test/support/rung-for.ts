import type { Redis } from 'ioredis';

const QUEUE = '{grant-jobs}:payouts';

/** The users whom the rings name that nobody has taken yet, in ascending order. Each as often as a ring names them. */
export async function rungFor(redis: Redis): Promise<number[]> {
  const jobs = await redis.lrange(`${QUEUE}:wait`, 0, -1);
  const data = await Promise.all(jobs.map((job) => redis.hget(`${QUEUE}:${job}`, 'data')));
  return data
    .flatMap((ring) => (JSON.parse(ring ?? '{"userIds":[]}') as { userIds: string[] }).userIds.map(Number))
    .sort((a, b) => a - b);
}
