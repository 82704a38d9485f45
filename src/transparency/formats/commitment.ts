import { hmacSha256 } from './hmac-sha256.js';
import { sha256 } from './sha256.js';

const NONCE_BYTES = 16;
const NEWLINE = '\n';

/** The opening of a commitment: 16 bytes that only the person (or whoever holds the campaign's key) knows. */
export function nonceOfUser(key: Uint8Array, userId: string): Uint8Array {
  return nonce(key, `who${NEWLINE}${userId}`);
}

/** As `nonceOfUser`, of a payout's reference or an operator's name. */
export function nonceOfReference(key: Uint8Array, reference: string): Uint8Array {
  return nonce(key, `reference${NEWLINE}${reference}`);
}

/** C of docs/transparency.md: who claimed. 32 bytes. */
export function commitToUser(campaignId: string, userId: string, opening: Uint8Array): Uint8Array {
  return commit('who', campaignId, userId, opening);
}

/** R of docs/transparency.md: what a bank's statement or an auditor can be matched with. 32 bytes. */
export function commitToReference(campaignId: string, reference: string, opening: Uint8Array): Uint8Array {
  return commit('reference', campaignId, reference, opening);
}

/** What the terms say of the campaign's key. 32 bytes. */
export function commitToKey(campaignId: string, key: Uint8Array): Uint8Array {
  return sha256(`seonchak/v1 key${NEWLINE}${campaignId}${NEWLINE}`, key);
}

function commit(label: string, campaignId: string, subject: string, opening: Uint8Array): Uint8Array {
  return sha256(`seonchak/v1 ${label}${NEWLINE}${campaignId}${NEWLINE}${subject}${NEWLINE}`, opening);
}

function nonce(key: Uint8Array, message: string): Uint8Array {
  return hmacSha256(key, message).slice(0, NONCE_BYTES);
}
