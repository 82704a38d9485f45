import type { DataSource } from 'typeorm';
import type { GateClaim, GateState } from '../grants/slots/gate-claim.js';
import { type GateKeys, gateKeys } from '../grants/slots/gate-keys.js';
import { GATE_LAYOUT, HOLDER_WIDTH, holderOffset, parseHolders } from '../grants/slots/gate-layout.js';
import { gateClaims, partKeys, shortParts } from '../grants/slots/gate-claims-reader.js';
import { rows } from '../platform/postgres/rows.js';
import type { RedisClient } from '../platform/redis/open-redis.js';
import { type CheckResult, MOST_VIOLATIONS } from './audit-report.js';

interface PostgresClaim {
  readonly userId: string;
  readonly arrivalNo: number;
  readonly grantSeq: number | null;
  readonly status: string;
}

/** State at the gate -> the matching status in Postgres, once both are up to date. */
const AGREES: Readonly<Record<GateState, string>> = {
  PROCESSING: 'PENDING',
  SETTLED: 'SUCCESS',
  FAILED: 'FAILED',
  WAITING: 'WAITING',
  ENDED: 'ENDED',
};

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

/** Describes the gate's keys that no longer have the type with which they were created. */
async function keysOfWrongType(redis: RedisClient, keys: GateKeys): Promise<string[]> {
  const types = [
    [keys.available, 'list'],
    [keys.processing, 'zset'],
    [keys.line, 'zset'],
    [keys.lineLeases, 'zset'],
    [keys.holders, 'string'],
  ] as const;
  const wrong: string[] = [];
  for (const [key, type] of types) {
    const found = await redis.type(key);
    if (found !== type && found !== 'none') wrong.push(`${key} is a ${found}, not a ${type}`);
  }
  for await (const page of partKeys(redis, keys)) {
    const found = await Promise.all(page.map((part) => redis.type(part)));
    const others = page.filter((_, i) => found[i] !== 'hash' && found[i] !== 'none');
    wrong.push(...others.map((part) => `${part} is not a hash`));
  }
  return wrong;
}

/** R19: no part of the gate is missing, truncated, or of another type. */
async function checkWhole(
  redis: RedisClient,
  keys: GateKeys,
  facts: Readonly<Record<string, string>>,
  wrongTypes: readonly string[],
): Promise<CheckResult> {
  const violations: string[] = [...wrongTypes];
  if (facts.damage !== undefined) violations.push(`the gate is marked as damaged: ${facts.damage}`);
  if (wrongTypes.length === 0) {
    const sizes = [
      ['free', keys.available, await redis.llen(keys.available)],
      ['held', keys.processing, await redis.zcard(keys.processing)],
      ['waiting', keys.line, await redis.zcard(keys.line)],
      ['unconfirmed', keys.lineLeases, await redis.zcard(keys.lineLeases)],
      ['capacity', keys.holders, (await redis.strlen(keys.holders)) / HOLDER_WIDTH],
    ] as const;
    for (const [fact, key, size] of sizes)
      if (size !== Number(facts[fact]))
        violations.push(`${key} holds ${size}, the gate counts ${facts[fact]}`);
    violations.push(...(await shortParts(redis, keys)));
  }
  return {
    promise: 'P6',
    statement: 'each key of the gate holds as much as the gate counts',
    examined: Number(facts.parts),
    violations: violations.slice(0, MOST_VIOLATIONS),
  };
}

async function checkClaims(
  redis: RedisClient,
  source: DataSource,
  campaignId: string,
  keys: GateKeys,
): Promise<CheckResult> {
  const violations: string[] = [];
  let examined = 0;
  for await (const claims of gateClaims(redis, keys)) {
    examined += claims.length;
    violations.push(...(await contradictions(source, campaignId, claims)));
  }
  return {
    promise: 'P4',
    statement: 'whoever the gate knows is in Postgres with the same numbers and in the same state',
    examined,
    violations: violations.slice(0, MOST_VIOLATIONS),
  };
}

async function contradictions(
  source: DataSource,
  campaignId: string,
  claims: readonly GateClaim[],
): Promise<string[]> {
  const found = await rows<PostgresClaim>(
    source,
    `SELECT user_id AS "userId", arrival_no::float8 AS "arrivalNo", grant_seq AS "grantSeq", status
       FROM user_grants WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[])
     UNION ALL
     SELECT user_id, arrival_no::float8, NULL, CASE WHEN ended_at IS NULL THEN 'WAITING' ELSE 'ENDED' END
       FROM waiting_line WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[])`,
    [campaignId, claims.map(({ userId }) => userId)],
  );
  const byUser = new Map(found.map((claim) => [claim.userId, claim]));
  return claims.flatMap(({ userId, arrivalNo, grantSeq, state }) => {
    const row = byUser.get(userId);
    const gate = `${state} arrival ${arrivalNo} slot ${grantSeq ?? 'none'}`;
    if (!row) return [`user ${userId}: gate ${gate}, Postgres nothing`];
    if (row.arrivalNo === arrivalNo && row.grantSeq === grantSeq && row.status === AGREES[state]) return [];
    // The gate promoted the user after the user's place had ended in Postgres: the slot was passed on.
    if (row.arrivalNo === arrivalNo && row.status === 'ENDED' && state === 'FAILED') return [];
    return [
      `user ${userId}: gate ${gate}, Postgres ${row.status} arrival ${row.arrivalNo} slot ${row.grantSeq ?? 'none'}`,
    ];
  });
}

function checkConservation(
  capacity: number,
  available: readonly string[],
  processing: readonly string[],
  settled: number,
): CheckResult {
  const violations: string[] = [];
  const sum = available.length + processing.length + settled;
  if (sum !== capacity) {
    violations.push(
      `${available.length} available + ${processing.length} processing + ${settled} settled <> ${capacity}`,
    );
  }
  const seen = new Set<string>();
  for (const slot of [...available, ...processing]) {
    if (seen.has(slot)) violations.push(`slot ${slot} is there twice`);
    seen.add(slot);
    if (!(Number(slot) >= 1 && Number(slot) <= capacity)) violations.push(`slot ${slot} does not exist`);
  }
  return {
    promise: 'P6',
    statement: 'available + processing + settled = capacity, and no slot is there twice',
    examined: sum,
    violations: violations.slice(0, MOST_VIOLATIONS),
  };
}

function checkHolders(processing: readonly string[], holders: ReadonlyMap<number, string>): CheckResult {
  const held = new Set([...holders.keys()].map(String));
  const inProcessing = new Set(processing);
  const violations = [
    ...processing
      .filter((slot) => !held.has(slot))
      .map((slot) => `slot ${slot} is in processing and nobody holds it`),
    ...[...held]
      .filter((slot) => !inProcessing.has(slot))
      .map((slot) => `slot ${slot} is held and not in processing`),
  ];
  return {
    promise: 'P6',
    statement: 'the slots in processing are exactly those that somebody holds',
    examined: processing.length,
    violations: violations.slice(0, MOST_VIOLATIONS),
  };
}

async function checkSettled(source: DataSource, campaignId: string, settled: number): Promise<CheckResult> {
  const [paid] = await rows<{ count: number }>(
    source,
    `SELECT count(*)::int AS count FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS'`,
    [campaignId],
  );
  const count = paid?.count ?? 0;
  return {
    promise: 'P6',
    statement: 'the gate has settled what Postgres has paid',
    examined: count,
    violations: count === settled ? [] : [`the gate says ${settled}, Postgres ${count}`],
  };
}

/** R7. Another check covers people who are known but not durable yet, so the gate may know more of them. */
async function checkMemory(source: DataSource, campaignId: string, known: number): Promise<CheckResult> {
  const [places] = await rows<{ count: number }>(
    source,
    `SELECT count(*)::int AS count
       FROM (SELECT user_id FROM user_grants WHERE campaign_id = $1
             UNION SELECT user_id FROM waiting_entries WHERE campaign_id = $1) AS people`,
    [campaignId],
  );
  const count = places?.count ?? 0;
  return {
    promise: 'P2',
    statement: 'the gate remembers everybody who has a row, so that nobody gets a second place',
    examined: count,
    violations: known >= count ? [] : [`the gate knows ${known}, Postgres ${count}`],
  };
}

/** P3: whoever is next at the gate is next in Postgres. */
async function checkLine(
  source: DataSource,
  campaignId: string,
  line: readonly string[],
): Promise<CheckResult> {
  const waiting = await rows<{ userId: string }>(
    source,
    `SELECT user_id AS "userId" FROM waiting_line
      WHERE campaign_id = $1 AND ended_at IS NULL ORDER BY arrival_no`,
    [campaignId],
  );
  const differs = Array.from({ length: Math.max(line.length, waiting.length) }, (_, place) => place).filter(
    (place) => line[place] !== waiting[place]?.userId,
  );
  return {
    promise: 'P3',
    statement: 'the gate’s line is that of Postgres, in the same order',
    examined: waiting.length,
    violations: differs
      .slice(0, MOST_VIOLATIONS)
      .map(
        (place) =>
          `place ${place + 1}: at the gate ${line[place] ?? 'nobody'}, in Postgres ${waiting[place]?.userId ?? 'nobody'}`,
      ),
  };
}

async function checkArrivals(
  source: DataSource,
  campaignId: string,
  rebuiltUpTo: number,
  arrivalNo: number,
): Promise<CheckResult> {
  const [places] = await rows<{ count: number; last: number }>(
    source,
    `SELECT count(*)::int AS count, COALESCE(max(arrival_no), $2)::float8 AS last
       FROM (SELECT arrival_no FROM user_grants WHERE campaign_id = $1 AND arrival_no > $2
             UNION SELECT arrival_no FROM waiting_entries WHERE campaign_id = $1 AND arrival_no > $2) AS places`,
    [campaignId, rebuiltUpTo],
  );
  const { count, last } = places ?? { count: 0, last: rebuiltUpTo };
  const durable = count === arrivalNo - rebuiltUpTo && last === arrivalNo;
  return {
    promise: 'P5',
    statement:
      'every arrival that this gate has given out is in Postgres: nobody ahead of a "sold out" is missing',
    examined: count,
    violations: durable
      ? []
      : [
          `the gate gave out ${rebuiltUpTo + 1} to ${arrivalNo}, Postgres holds ${count} of them, up to ${last}`,
        ],
  };
}
