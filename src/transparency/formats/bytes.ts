import { MalformedFormat } from './malformed-format.js';

const HASH_BYTES = 32;
/** Of one call; engines allow more. */
const MOST_ARGUMENTS = 8_192;
const encoder = new TextEncoder();

/** Joins byte strings. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether two byte strings are the same. Not for secrets: it takes as long as they agree. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Standard base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += MOST_ARGUMENTS)
    binary += Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + MOST_ARGUMENTS)) as string;
  return btoa(binary);
}

/** Reads base64, strictly: one text for each byte string. @throws MalformedFormat */
export function fromBase64(text: string, format: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new MalformedFormat(format, 'has something that is no base64');
  }
  if (btoa(binary) !== text) throw new MalformedFormat(format, 'has base64 that is not canonical');
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Reads a SHA-256 hash in base64. @throws MalformedFormat */
export function hashFromBase64(text: string, format: string): Uint8Array {
  const hash = fromBase64(text, format);
  if (hash.length !== HASH_BYTES) throw new MalformedFormat(format, `has a hash of ${hash.length} bytes`);
  return hash;
}
