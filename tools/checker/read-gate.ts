import type { RedisClient } from '../../src/redis/open-redis.js';
import { type GateClaim, parseGateClaim } from '../../src/gate/gate-claim.js';
import { gateKeys } from '../../src/gate/gate-keys.js';
import type { GateSnapshot } from './gate-snapshot.js';

const scanCount = 5_000;

async function readClaims(redis: RedisClient, key: string): Promise<Map<string, GateClaim>> {
  const claims = new Map<string, GateClaim>();
  let cursor = '0';
  do {
    const [next, page] = await redis.hscan(key, cursor, 'COUNT', scanCount);
    cursor = next;
    for (let i = 0; i + 1 < page.length; i += 2) {
      const claim = parseGateClaim(page[i] ?? '', page[i + 1] ?? '');
      claims.set(claim.userId, claim);
    }
  } while (cursor !== '0');
  return claims;
}

/** Null when no gate stands: it is rebuilt from Postgres before anybody is answered. */
export async function readGate(redis: RedisClient, campaignId: string): Promise<GateSnapshot | null> {
  const keys = gateKeys(campaignId);
  if ((await redis.hget(keys.facts, 'epoch')) === null) return null;
  const [processing, holders, line, lineLeases] = await Promise.all([
    redis.zrange(keys.processing, '0', '-1'),
    redis.hgetall(keys.holders),
    redis.zrange(keys.line, '0', '-1'),
    redis.zrange(keys.lineLeases, '0', '-1'),
  ]);
  return {
    processing: processing.map(Number),
    holders: new Map(Object.entries(holders).map(([slot, user]) => [Number(slot), user])),
    claims: await readClaims(redis, keys.claims),
    line,
    lineLeases,
  };
}
