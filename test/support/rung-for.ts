import type { Redis } from 'ioredis';

const QUEUE = '{grant-jobs}:payouts';

/** The campaigns with waiting or delayed rings, in ascending order, each as often as there are rings for it. */
export async function rungFor(redis: Redis): Promise<string[]> {
  const waiting = await redis.lrange(`${QUEUE}:wait`, 0, -1);
  const later = await redis.zrange(`${QUEUE}:delayed`, '0', '-1');
  const data = await Promise.all([...waiting, ...later].map((job) => redis.hget(`${QUEUE}:${job}`, 'data')));
  return data
    .flatMap((ring) => (ring ? [(JSON.parse(ring) as { campaignId: string }).campaignId] : []))
    .sort();
}
