import { createHmac } from 'node:crypto';

const NONCE_BYTES = 16;

/**
 * The opening of a commitment: 16 bytes that only the person (or whoever holds the campaign's key) knows. It is made by
 * the service alone; whoever checks is given it.
 */
export function nonceOfUser(key: Uint8Array, userId: string): Uint8Array {
  return nonce(key, `who\n${userId}`);
}

/** As `nonceOfUser`, of a payout's reference or an operator's name. */
export function nonceOfReference(key: Uint8Array, reference: string): Uint8Array {
  return nonce(key, `reference\n${reference}`);
}

function nonce(key: Uint8Array, message: string): Uint8Array {
  return createHmac('sha256', key).update(message).digest().subarray(0, NONCE_BYTES);
}
