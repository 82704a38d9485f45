import { sha256 } from './sha256.js';

const NEWLINE = '\n';

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
