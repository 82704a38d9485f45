import type { Redis } from 'ioredis';
import { claimPartKey, gateKeys } from '../../src/grants/slots/gate-keys.js';
import { claimPart, holderCell, holderOffset } from '../../src/grants/slots/gate-layout.js';

/** The key of the hash in which a gate remembers this user. */
export async function claimsOf(redis: Redis, campaignId: string, userId: number | string): Promise<string> {
  const keys = gateKeys(campaignId);
  const [epoch, parts] = await redis.hmget(keys.facts, 'epoch', 'parts');
  return claimPartKey(keys, epoch ?? '', claimPart(String(userId), Number(parts)));
}

/** Makes a gate forget this user's claim as if there had never been one: its counts are right. */
export async function forgetClaim(redis: Redis, campaignId: string, userId: number): Promise<void> {
  const part = await claimsOf(redis, campaignId, userId);
  expect(await redis.hdel(part, String(userId))).toBe(1);
  await redis.hincrby(part, '#', -1);
}

/** Deletes every key of a gate. */
export async function deleteGate(redis: Redis, campaignId: string): Promise<void> {
  const keys = await redis.keys(`*{${campaignId}}*`);
  expect(keys).toContain(gateKeys(campaignId).facts);
  expect(await redis.del(...keys)).toBe(keys.length);
}

/** Makes a gate name this user as the holder of a slot; null for nobody. */
export async function setHolder(
  redis: Redis,
  campaignId: string,
  grantSeq: number,
  userId: string | null,
): Promise<void> {
  await redis.setrange(gateKeys(campaignId).holders, holderOffset(grantSeq), holderCell(userId));
}
