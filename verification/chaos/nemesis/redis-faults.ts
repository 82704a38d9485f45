import { Redis } from 'ioredis';
import { cp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../../tools/stack/servers/wait-until.js';
import type { Arena } from '../arena/arena.js';
import { gateParts, type GatePart } from '../plan/fault-kinds.js';
import { lastUntilEffect } from './effect.js';

async function withRedis<T>(arena: Arena, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(arena.redisUrl, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined); // the failing command reports it
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

function numberInInfo(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(?:count=)?(\\d+)`, 'm').exec(info)?.[1] ?? 0);
}

/** The keys of gates under any prefix: the campaign is in braces. */
async function gateKeysIn(redis: Redis): Promise<string[]> {
  const keys = await redis.keys('*{*}:*');
  return keys.filter((key) => gateParts.some((part) => key.includes(`}:${part}`)));
}

function untilThereIsAGate(redis: Redis): Promise<void> {
  return waitUntil('there is a gate', async () => (await gateKeysIn(redis)).length > 0);
}

/**
 * Removes every key, but keeps loaded scripts.
 * @returns the number of keys
 */
export function flushAll(arena: Arena): Promise<number> {
  return withRedis(arena, async (redis) => {
    await untilThereIsAGate(redis);
    const keys = await redis.dbsize();
    await redis.flushall();
    return keys;
  });
}

/**
 * Removes one key of the gate: of the named part, or of the next part that exists.
 * @returns 1
 */
export function loseKey(arena: Arena, part: GatePart): Promise<number> {
  return withRedis(arena, (redis) =>
    lastUntilEffect(0, async () => {
      const keys = await gateKeysIn(redis);
      const first = gateParts.indexOf(part);
      const inTurn = [...gateParts.slice(first), ...gateParts.slice(0, first)];
      const of = (wanted: GatePart): string | undefined =>
        keys.find((key) => key.endsWith(`}:${wanted}`) || key.includes(`}:${wanted}:`));
      const key = inTurn.map(of).find((found) => found !== undefined);
      return key === undefined ? 0 : redis.del(key);
    }),
  );
}

/** @returns the number of scripts */
export function flushScripts(arena: Arena): Promise<number> {
  return withRedis(arena, async (redis) => {
    const scripts = await lastUntilEffect(0, async () =>
      numberInInfo(await redis.info('memory'), 'number_of_cached_scripts'),
    );
    await redis.script('FLUSH');
    return scripts;
  });
}

/**
 * Redis executes no command for a while.
 * @returns how many ms a command of ours waited
 */
export function pauseClients(arena: Arena, durationMs: number): Promise<number> {
  return withRedis(arena, async (redis) => {
    await redis.client('PAUSE', durationMs, 'ALL');
    const begun = performance.now();
    await redis.ping();
    return Math.floor(performance.now() - begun);
  });
}

/**
 * Redis refuses writes with OOM for a while.
 * @returns the number of refused writes
 */
export function fillUp(arena: Arena, durationMs: number): Promise<number> {
  return withRedis(arena, async (redis) => {
    const refused = async () => numberInInfo(await redis.info('errorstats'), 'errorstat_OOM');
    const before = await refused();
    await redis.config('SET', 'maxmemory', '1mb');
    try {
      return await lastUntilEffect(durationMs, async () => (await refused()) - before);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  });
}

/**
 * SIGKILL, then a start without the data.
 * @returns the number of keys
 */
export async function restartEmpty(arena: Arena, awayMs: number): Promise<number> {
  const keys = await withRedis(arena, async (redis) => {
    await untilThereIsAGate(redis);
    return redis.dbsize();
  });
  await arena.redis.kill();
  await rm(arena.redis.files, { recursive: true, force: true });
  await sleep(awayMs);
  await arena.startAgain(arena.redis);
  return keys;
}

/**
 * SIGKILL, then a start with older data, as after a power cut.
 * @returns the number of lost bytes
 */
export async function restoreOlder(arena: Arena, ageMs: number): Promise<number> {
  const folder = arena.redis.files;
  const copy = `${folder}.older`;
  await rm(copy, { recursive: true, force: true });
  await cp(folder, copy, { recursive: true });
  const before = await sizeOf(copy);
  const forgotten = await lastUntilEffect(ageMs, async () => (await sizeOf(folder)) - before);
  await arena.redis.kill();
  await rm(folder, { recursive: true, force: true });
  await cp(copy, folder, { recursive: true });
  await arena.startAgain(arena.redis);
  return forgotten;
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder)) size += (await stat(join(folder, name))).size;
  return size;
}
