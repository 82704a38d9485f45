import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Measuring } from '../family.js';
import { claimOnce, untilPaid } from '../volleys.js';

/** Multiple of the usual campaign's slots. */
const factor = 10;
/** Buffers of connections and of the append-only file vary: the minimum of several readings is the data. */
const readings = 10;
const readingPauseMs = 100;
/** Redis shrinks the buffers of a connection within 5 s after it was last busy. */
const settlingMs = 6_000;

async function usedMemory(redis: Redis): Promise<number> {
  let least = Infinity;
  for (let reading = 0; reading < readings; reading++) {
    const info = await redis.info('memory');
    least = Math.min(least, Number(/^used_memory:(\d+)/m.exec(info)?.[1]));
    await sleep(readingPauseMs);
  }
  return least;
}

/**
 * Redis memory per slot while it is free, while it is held and unpaid (no worker runs, so jobs that wait in the queue
 * count as well), and when it is paid.
 */
export async function measureSlotBytes(measuring: Measuring): Promise<void> {
  const { arena, book, settings, say } = measuring;
  const deployment = await arena.deploy('slot-bytes');
  const { origin } = await arena.addTo(deployment, 'api');
  const capacity = Math.min(1_000_000, settings.capacity * factor);
  const place = { id: 'bytes', capacity, origin };
  const { redis } = deployment;

  say('Bytes per slot …');
  await sleep(settlingMs);
  const without = await usedMemory(redis);
  await deployment.createCampaign(place.id, capacity);
  const write = async (figure: string, slots: number): Promise<void> => {
    book.write(figure, 'ours', 1, ((await usedMemory(redis)) - without) / slots);
  };
  await write('available-bytes', capacity);
  const { statuses } = await claimOnce(measuring, place, { first: 1, count: capacity });
  const accepted = statuses[202] ?? 0;
  if (accepted < capacity)
    measuring.remarks.add(`Bytes per slot: ${accepted} of ${capacity} slots were claimed.`);
  await write('processing-bytes', capacity);
  await arena.addTo(deployment, 'worker');
  await untilPaid(deployment, place, accepted);
  await write('settled-bytes', capacity);
}
