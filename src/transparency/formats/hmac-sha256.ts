import { sha256 } from './sha256.js';

const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/**
 * HMAC-SHA256 (RFC 2104) of a text in UTF-8, 32 bytes.
 * @throws RangeError for a key of more than 64 bytes: nothing here has one, and it would have to be hashed first
 */
export function hmacSha256(key: Uint8Array, message: string): Uint8Array {
  if (key.length > BLOCK_BYTES) throw new RangeError(`A key has at most ${BLOCK_BYTES} bytes.`);
  return sha256(padded(key, OUTER_PAD), sha256(padded(key, INNER_PAD), message));
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  for (let i = 0; i < BLOCK_BYTES; i++) block[i] = (key[i] ?? 0) ^ pad;
  return block;
}
