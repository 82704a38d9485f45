import { sha256 as portable } from '@noble/hashes/sha2.js';

const HASH_BYTES = 32;
const FIRST_SIZE = 1_024;
/** The most bytes that UTF-8 takes for a unit of a string. */
const BYTES_A_UNIT = 3;

/** What is used of Node, which a browser does not have. */
interface Runtime {
  readonly process?: {
    getBuiltinModule?(name: 'node:crypto'): {
      readonly hash: (algorithm: 'sha256', message: Uint8Array, encoding: 'latin1') => string;
    };
  };
}

const node = (globalThis as Runtime).process?.getBuiltinModule?.('node:crypto');
const encoder = new TextEncoder();
/** The message, in memory that is used again: getting some for each would take longer than the hash. */
let scratch = new Uint8Array(FIRST_SIZE);

/**
 * SHA-256 over the parts one after the other, texts in UTF-8; 32 bytes. By OpenSSL where the runtime has it, since the
 * log hashes some five times for each of its leaves (docs/adr/0059).
 */
export function sha256(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  let length = 0;
  for (const part of parts) {
    const most = typeof part === 'string' ? part.length * BYTES_A_UNIT : part.length;
    if (length + most > scratch.length) growTo(length + most);
    if (typeof part === 'string') {
      length += encoder.encodeInto(part, scratch.subarray(length)).written;
    } else {
      scratch.set(part, length);
      length += part.length;
    }
  }
  const message = scratch.subarray(0, length);
  return node ? bytesOf(node.hash('sha256', message, 'latin1')) : portable(message);
}

function growTo(size: number): void {
  const grown = new Uint8Array(Math.max(size, 2 * scratch.length));
  grown.set(scratch);
  scratch = grown;
}

/** A `Buffer` for each hash would take longer than the hash, too. @param text a character a byte */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES);
  for (let i = 0; i < HASH_BYTES; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
