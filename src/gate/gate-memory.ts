import type { RedisClient } from '../redis/open-redis.js';
import { type GateClaim, parseGateClaim } from './gate-claim.js';
import { claimPartKey, type GateKeys } from './gate-keys.js';
import { GATE_LAYOUT } from './gate-layout.js';

const PARTS_A_PAGE = 64;

/** The field of a part that counts its people. */
const PEOPLE = '#';

/** Everybody whom a gate remembers, page after page, for those who check it. Nobody when there is no gate of this layout. */
export async function* gateClaims(redis: RedisClient, keys: GateKeys): AsyncGenerator<GateClaim[]> {
  for await (const page of partKeys(redis, keys)) {
    const read = await Promise.all(page.map((part) => redis.hgetall(part)));
    yield read.flatMap((part) =>
      Object.entries(part).flatMap(([userId, record]) =>
        userId === PEOPLE ? [] : [parseGateClaim(userId, record)],
      ),
    );
  }
}

/** Parts of the claims that don't have as many people as they count, in words (R19). */
export async function damagedParts(redis: RedisClient, keys: GateKeys): Promise<string[]> {
  const damaged: string[] = [];
  for await (const page of partKeys(redis, keys)) {
    const found = await Promise.all(page.map((part) => isWhole(redis, part)));
    damaged.push(...page.filter((_, i) => !found[i]).map((part) => `${part} has lost people`));
  }
  return damaged;
}

async function isWhole(redis: RedisClient, part: string): Promise<boolean> {
  if ((await redis.type(part)) !== 'hash') return false;
  const [people, fields] = await Promise.all([redis.hget(part, PEOPLE), redis.hlen(part)]);
  return people !== null && Number(people) + 1 === fields;
}

async function* partKeys(redis: RedisClient, keys: GateKeys): AsyncGenerator<string[]> {
  const [epoch, layout, parts] = await redis.hmget(keys.facts, 'epoch', 'layout', 'parts');
  if (!epoch || layout !== String(GATE_LAYOUT)) return;
  for (let first = 0; first < Number(parts); first += PARTS_A_PAGE) {
    const size = Math.min(PARTS_A_PAGE, Number(parts) - first);
    yield Array.from({ length: size }, (_, i) => claimPartKey(keys, epoch, first + i));
  }
}
