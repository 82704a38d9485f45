import type { RedisClient } from '../../platform/redis/open-redis.js';
import { type GateClaim, parseGateClaim } from './gate-claim.js';
import { claimPartKey, type GateKeys } from './gate-keys.js';
import { GATE_LAYOUT } from './gate-layout.js';

const PARTS_A_PAGE = 64;

/** The field of a part that counts its people. */
const PEOPLE = '#';

/** The claims that a gate remembers, page by page, for checks. None when there is no gate of this layout. */
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

/** The parts of the claims that do not hold as many people as they count, in words (R19). */
export async function shortParts(redis: RedisClient, keys: GateKeys): Promise<string[]> {
  const short: string[] = [];
  for await (const page of partKeys(redis, keys)) {
    const sizes = await Promise.all(
      page.map(async (part) => [await redis.hget(part, PEOPLE), await redis.hlen(part)] as const),
    );
    const found = page.filter((_, i) => Number(sizes[i]?.[0] ?? NaN) + 1 !== sizes[i]?.[1]);
    short.push(...found.map((part) => `${part} does not have as many people as it had`));
  }
  return short;
}

/** The keys of the parts of the claims, page by page. None when there is no gate of this layout. */
export async function* partKeys(redis: RedisClient, keys: GateKeys): AsyncGenerator<string[]> {
  const [epoch, layout, parts] = await redis.hmget(keys.facts, 'epoch', 'layout', 'parts');
  if (!epoch || layout !== String(GATE_LAYOUT)) return;
  for (let first = 0; first < Number(parts); first += PARTS_A_PAGE) {
    const size = Math.min(PARTS_A_PAGE, Number(parts) - first);
    yield Array.from({ length: size }, (_, i) => claimPartKey(keys, epoch, first + i));
  }
}
