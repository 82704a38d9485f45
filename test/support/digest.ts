import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import type { World } from './world.js';

/** Longer than the doorbell waits for further claims. */
const QUIET_MS = 500;

/**
 * What an instance writes all the time, without requests: its heartbeat (R17), the round (R16), when to look again; and
 * what it counts, refusals included.
 */
const HEARTBEATS = ['installation', 'campaign_upkeep', 'grant:owner', 'campaign_series'];
const RATES = 'grant-rates:';

/** A line for every table and every key except those: how much it holds, and a digest over all of it. */
export async function digestOf(world: World): Promise<string[]> {
  return [...(await tables(world)), ...(await keys(world.redis))];
}

/** The digest once nothing changes by itself any more: the ring for accepted claims comes a moment later. */
export async function digestAtRest(world: World): Promise<string[]> {
  let digest = await digestOf(world);
  return eventually(async () => {
    const before = digest;
    await sleep(QUIET_MS);
    digest = await digestOf(world);
    expect(digest).toEqual(before);
    return digest;
  });
}

async function tables(world: World): Promise<string[]> {
  const found = await world.rows<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  );
  const lines: string[] = [];
  for (const { name } of found.filter(({ name }) => !HEARTBEATS.includes(name))) {
    const [row] = await world.rows<{ count: string; md5: string }>(
      `SELECT count(*), md5(COALESCE(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM ${name} t`,
    );
    lines.push(`table ${name}: ${row!.count} rows, ${row!.md5}`);
  }
  return lines;
}

/** The keys of the world's own Redis database, including the queue's. */
async function keys(redis: Redis): Promise<string[]> {
  const names = (await redis.keys('*'))
    .filter((name) => !HEARTBEATS.includes(name) && !name.startsWith(RATES))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const content = JSON.stringify(await contentOf(redis, name));
      return `key ${name}: ${createHash('md5').update(content).digest('hex')}`;
    }),
  );
}

/** The content, in an order that depends on the content alone, unlike DUMP's. */
async function contentOf(redis: Redis, name: string): Promise<unknown> {
  const type = await redis.type(name);
  switch (type) {
    case 'string':
      return redis.get(name);
    case 'list':
      return redis.lrange(name, 0, -1);
    case 'hash':
      return Object.entries(await redis.hgetall(name)).sort();
    case 'set':
      return (await redis.smembers(name)).sort();
    case 'zset':
      return redis.zrange(name, '0', '-1', 'WITHSCORES');
    case 'stream':
      return redis.xrange(name, '-', '+');
    default:
      throw new Error(`A key of type ${type} is not part of the digest.`);
  }
}
