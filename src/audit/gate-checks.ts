import type { DataSource } from 'typeorm';
import { type GateKeys, gateKeys } from '../grants/slots/gate-keys.js';
import { GATE_LAYOUT, holderOffset, parseHolders } from '../grants/slots/gate-layout.js';
import { rows } from '../platform/postgres/rows.js';
import type { RedisClient } from '../platform/redis/open-redis.js';
import type { CheckResult } from './audit-report.js';
import { checkArrivals, checkClaims, checkLine, checkMemory, checkSettled } from './gate-against-postgres.js';
import { checkConservation, checkHolders, checkWhole, keysOfWrongType } from './gate-integrity.js';

/**
 * Checks a campaign's gate against Postgres. A gate that is missing, dropped, of another epoch or of another layout
 * does not count: it is rebuilt before it answers anybody, so nothing is checked.
 * @param prefix REDIS_KEY_PREFIX of the installation
 */
export async function checkGate(
  redis: RedisClient,
  source: DataSource,
  campaignId: string,
  prefix: string,
): Promise<CheckResult[]> {
  const keys = gateKeys(campaignId, prefix);
  const [campaign] = await rows<{ epoch: string; capacity: number; isRetired: boolean }>(
    source,
    `SELECT epoch, capacity, gate_retired_at IS NOT NULL AS "isRetired" FROM campaigns WHERE id = $1`,
    [campaignId],
  );
  if (campaign?.isRetired) return [await checkRetired(redis, keys)];
  if (!campaign || !['hash', 'none'].includes(await redis.type(keys.facts))) return [];
  const facts = await redis.hgetall(keys.facts);
  const { epoch, layout, nonce } = facts;
  if (epoch !== campaign.epoch || layout !== String(GATE_LAYOUT) || nonce === undefined) return [];
  const wrongTypes = await keysOfWrongType(redis, keys);
  const whole = await checkWhole(redis, keys, facts, wrongTypes);
  if (wrongTypes.length > 0) return [whole]; // the rest cannot be read as a gate
  const available = await inPages((first, last) => redis.lrange(keys.available, first, last));
  const inOrder = (key: string) => inPages((first, last) => redis.zrange(key, String(first), String(last)));
  const processing = await inOrder(keys.processing);
  const line = await inOrder(keys.line);
  const holders = await readHolders(redis, keys.holders);
  const claims = await checkClaims(redis, source, campaignId, keys);
  return [
    whole,
    claims,
    checkConservation(campaign.capacity, available, processing, Number(facts.settled)),
    checkHolders(processing, holders),
    await checkSettled(source, campaignId, Number(facts.settled)),
    await checkMemory(source, campaignId, claims.examined),
    await checkLine(source, campaignId, line),
    await checkArrivals(source, campaignId, Number(facts.rebuiltUpTo), Number(facts.arrivalNo)),
  ];
}

/** R29. */
async function checkRetired(redis: RedisClient, keys: GateKeys): Promise<CheckResult> {
  const standing = await redis.type(keys.facts);
  return {
    promise: 'P8',
    statement: 'a finished campaign has no gate',
    examined: 1,
    violations: standing === 'none' ? [] : [`a gate stands at ${keys.facts}`],
  };
}

/** The maximum size of a page: a live gate answers nobody else while it reads one. */
const PAGE = 10_000;

async function inPages(read: (first: number, last: number) => Promise<string[]>): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const page = await read(all.length, all.length + PAGE - 1);
    for (const item of page) all.push(item);
    if (page.length < PAGE) return all;
  }
}

/** Slot -> the user who holds it. */
async function readHolders(redis: RedisClient, key: string): Promise<Map<number, string>> {
  const holders = new Map<number, string>();
  for (let first = 1; ; first += PAGE) {
    const cells = await redis.getrange(key, holderOffset(first), holderOffset(first + PAGE) - 1);
    for (const [slot, userId] of parseHolders(cells)) holders.set(first + slot - 1, userId);
    if (cells.length < holderOffset(1 + PAGE)) return holders;
  }
}
