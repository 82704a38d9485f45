import { partKeys, shortParts } from '../grants/slots/gate-claims-reader.js';
import type { GateKeys } from '../grants/slots/gate-keys.js';
import { HOLDER_WIDTH } from '../grants/slots/gate-layout.js';
import type { RedisClient } from '../platform/redis/open-redis.js';
import { type CheckResult, MOST_VIOLATIONS } from './audit-report.js';

/** Describes the gate's keys that no longer have the type with which they were created. */
export async function keysOfWrongType(redis: RedisClient, keys: GateKeys): Promise<string[]> {
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
export async function checkWhole(
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

/** P6: every slot is in one of the gate's places, once. */
export function checkConservation(
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

/** P6: a slot is in processing exactly if somebody holds it. */
export function checkHolders(
  processing: readonly string[],
  holders: ReadonlyMap<number, string>,
): CheckResult {
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
