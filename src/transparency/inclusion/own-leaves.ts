import { toBase64 } from '../formats/bytes.js';
import { commitToUser } from '../formats/commitment.js';
import { nonceOfUser } from '../formats/nonce.js';
import { parseLeaf } from '../formats/leaf.js';
import type { PersonLeaf, PersonLeaves } from './person-leaves.js';

/** Somebody whose claim is durable. */
export interface Claimant {
  readonly userId: string;
  readonly arrivalNo: number;
}

/** What opens a person's commitment, and the published leaves about them, that of the claim first. */
export interface OwnLeaves {
  readonly kind: 'logged';
  readonly nonce: Uint8Array;
  readonly leaves: readonly PersonLeaf[];
}

/** Why there is no proof: there will be one, or there will never be one. */
export type NotLogged = { readonly kind: 'not-yet' } | { readonly kind: 'never' };

/**
 * Finds what the log says of one person. After a database was set back, a number may have been somebody else's before:
 * only the last claim of a number counts, and only if it is this person's.
 * @param found of the campaign, with this person's number
 * @param size of the published tree
 */
export function ownLeaves(
  campaignId: string,
  { userId, arrivalNo }: Claimant,
  { key, isOver, byNumber }: PersonLeaves,
  size: number,
): OwnLeaves | NotLogged {
  if (!key) return { kind: 'never' };
  const nonce = nonceOfUser(key, userId);
  const who = toBase64(commitToUser(campaignId, userId, nonce));
  const all = byNumber.get(arrivalNo) ?? [];
  const last = all.findLastIndex(({ line }) => isClaim(line));
  const claim = all[last];
  if (!claim || !isClaim(claim.line, who)) return { kind: isOver ? 'never' : 'not-yet' };
  const leaves = all.slice(last).filter(({ index }) => index < size);
  return leaves.length === 0 ? { kind: 'not-yet' } : { kind: 'logged', nonce, leaves };
}

/** @param who C of the claimant; anybody's unless given */
function isClaim(line: string, who?: string): boolean {
  const leaf = parseLeaf(line);
  return leaf.kind === 'claim' && (who === undefined || leaf.who === who);
}
