import { sha256 as portable } from '@noble/hashes/sha2.js';

const HASH_BYTES = 32;

/** What is used of Node, which a browser does not have. */
interface Runtime {
  readonly process?: {
    getBuiltinModule?(name: 'node:crypto'): {
      readonly hash: (algorithm: 'sha256', bytes: Uint8Array, encoding: 'latin1') => string;
    };
  };
}

const node = (globalThis as Runtime).process?.getBuiltinModule?.('node:crypto');

/**
 * SHA-256, 32 bytes: by OpenSSL where the runtime has it, since the log hashes some four times for each of its leaves
 * (docs/adr/0059).
 */
export const sha256: (bytes: Uint8Array) => Uint8Array = node
  ? (bytes) => bytesOf(node.hash('sha256', bytes, 'latin1'))
  : portable;

/** A buffer of its own for each hash would take longer than the hash. @param text a character a byte */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES);
  for (let i = 0; i < HASH_BYTES; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
