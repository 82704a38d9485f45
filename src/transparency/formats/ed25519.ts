import { getPublicKey, hashes, sign, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

// The library computes no SHA-512 itself unless it may wait for WebCrypto; here nothing waits.
hashes.sha512 = sha512;

/** RFC 8032. @param seed 32 bytes @returns 64 bytes, always the same for the same message and seed */
export function signEd25519(message: Uint8Array, seed: Uint8Array): Uint8Array {
  return sign(message, seed);
}

/**
 * By RFC 8032, not the laxer ZIP 215, so that Go and browsers agree on every signature.
 * @returns false for whatever is not a signature of the message by that key
 */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** @param seed 32 bytes @returns 32 bytes */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return getPublicKey(seed);
}
