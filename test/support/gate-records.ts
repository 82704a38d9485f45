import type { Redis } from 'ioredis';
import { claimPartKey, gateKeys } from '../../src/grants/slots/gate-keys.js';
import { claimPart, holderCell, holderOffset } from '../../src/grants/slots/gate-layout.js';

/** The hash in which a gate has what it remembers of this user. */
export async function claimsOf(redis: Redis, campaignId: string, userId: number | string): Promise<string> {
  const keys = gateKeys(campaignId);
  const [epoch, parts] = await redis.hmget(keys.facts, 'epoch', 'parts');
  return claimPartKey(keys, epoch ?? '', claimPart(String(userId), Number(parts)));
}

/** Has a gate say of a slot that this user holds it; null: nobody does. */
export async function setHolder(
  redis: Redis,
  campaignId: string,
  grantSeq: number,
  userId: string | null,
): Promise<void> {
  await redis.setrange(gateKeys(campaignId).holders, holderOffset(grantSeq), holderCell(userId));
}
