import type { RedisClient } from '../../src/platform/redis/open-redis.js';
import type { GateClaim } from '../../src/grants/slots/gate-claim.js';
import { type GateKeys, gateKeys } from '../../src/grants/slots/gate-keys.js';
import { GATE_LAYOUT, parseHolders } from '../../src/grants/slots/gate-layout.js';
import { gateClaims } from '../../src/grants/slots/gate-claims-reader.js';
import type { GateSnapshot } from './gate-snapshot.js';

async function readClaims(redis: RedisClient, keys: GateKeys): Promise<Map<string, GateClaim>> {
  const claims = new Map<string, GateClaim>();
  for await (const page of gateClaims(redis, keys)) for (const claim of page) claims.set(claim.userId, claim);
  return claims;
}

/** Null if there is no gate: it is rebuilt from Postgres before the next answer. */
export async function readGate(redis: RedisClient, campaignId: string): Promise<GateSnapshot | null> {
  const keys = gateKeys(campaignId);
  if ((await redis.hget(keys.facts, 'layout')) !== String(GATE_LAYOUT)) return null;
  const [processing, holders, line, lineLeases] = await Promise.all([
    redis.zrange(keys.processing, '0', '-1'),
    redis.getrange(keys.holders, 0, -1),
    redis.zrange(keys.line, '0', '-1'),
    redis.zrange(keys.lineLeases, '0', '-1'),
  ]);
  return {
    processing: processing.map(Number),
    holders: parseHolders(holders),
    claims: await readClaims(redis, keys),
    line,
    lineLeases,
  };
}
