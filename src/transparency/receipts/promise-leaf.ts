import { toBase64, utf8 } from '../formats/bytes.js';
import { commitToUser } from '../formats/commitment.js';
import { nonceOfUser } from '../formats/nonce.js';

/** A claim that is durable. */
export interface DurableClaim {
  readonly campaignId: string;
  readonly userId: string;
  readonly arrivalNo: number;
  readonly createdAt: Date;
}

/** A line that is promised to be in the log, and what only its claimant may know. */
export interface PromiseLeaf {
  /** The leaf, as it is hashed. */
  readonly bytes: Uint8Array;
  /** UTF-8 of a JSON object: leaf, user id and nonce. */
  readonly extra: Uint8Array;
}

/** The promise about a claim, as docs/transparency.md defines it. @param key of the campaign, 32 bytes */
export function promiseLeaf(claim: DurableClaim, epoch: number, key: Uint8Array): PromiseLeaf {
  const { campaignId, userId, arrivalNo, createdAt } = claim;
  const nonce = nonceOfUser(key, userId);
  const who = toBase64(commitToUser(campaignId, userId, nonce));
  const leaf = `v1 promise ${campaignId} ${epoch} ${arrivalNo} ${createdAt.getTime()} ${who}`;
  return { bytes: utf8(leaf), extra: utf8(JSON.stringify({ leaf, userId, nonce: toBase64(nonce) })) };
}
