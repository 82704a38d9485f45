import { concatBytes, equalBytes, fromBase64, toBase64 } from './bytes.js';
import { publicKeyOf } from './ed25519.js';
import { MalformedFormat } from './malformed-format.js';
import { sha256 } from './sha256.js';

/** Ed25519 over the note's text. */
export const PLAIN = 0x01;
/** Ed25519 over the note's text and a time: a witness's cosignature (C2SP tlog-cosignature). */
export const COSIGNATURE = 0x04;

const KEY_BYTES = 32;
const ID_BYTES = 4;
const NAME = /^[^\s+]+$/u;

/** A public key with its name, as C2SP signed-note defines it. */
export interface VerifierKey {
  readonly name: string;
  /** The first four bytes of SHA-256 over name, newline, type and key. */
  readonly id: Uint8Array;
  /** PLAIN or COSIGNATURE. */
  readonly type: number;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A private key with its name. */
export interface SignerKey extends VerifierKey {
  /** 32 bytes. Secret. */
  readonly seed: Uint8Array;
}

/** Reads `name+hexid+base64`. @throws MalformedFormat for another form, an unknown type, or an id that does not fit */
export function parseVerifierKey(text: string): VerifierKey {
  const [name = '', hexId = '', ...rest] = text.split('+');
  return readKey('verifier key', name, hexId, rest.join('+'), (type, bytes) => ({ type, publicKey: bytes }));
}

/** The text form of a public key. It can be published. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${hex(id)}+${toBase64(concatBytes(Uint8Array.of(type), publicKey))}`;
}

/** Reads `PRIVATE+KEY+name+hexid+base64`, the form of Go's note package. @throws MalformedFormat, without the text */
export function parseSignerKey(text: string): SignerKey {
  const [privately, key, name = '', hexId = '', ...rest] = text.split('+');
  if (privately !== 'PRIVATE' || key !== 'KEY')
    throw new MalformedFormat('signer key', 'does not begin with PRIVATE+KEY');
  let seed = new Uint8Array();
  const read = readKey('signer key', name, hexId, rest.join('+'), (type, bytes) => {
    seed = Uint8Array.from(bytes);
    return { type, publicKey: publicKeyOf(bytes) };
  });
  return { ...read, seed };
}

/** The text form of a private key. Secret. */
export function formatSignerKey({ name, id, type, seed }: SignerKey): string {
  return `PRIVATE+KEY+${name}+${hex(id)}+${toBase64(concatBytes(Uint8Array.of(type), seed))}`;
}

/**
 * A key from a seed.
 * @param seed 32 random bytes
 * @throws MalformedFormat for a name that is empty or has spaces or a plus sign
 */
export function makeSignerKey(name: string, seed: Uint8Array, type = PLAIN): SignerKey {
  if (!NAME.test(name)) throw new MalformedFormat('key name', 'is empty, or has spaces or a plus sign');
  if (seed.length !== KEY_BYTES)
    throw new MalformedFormat('seed', `has ${seed.length} bytes instead of ${KEY_BYTES}`);
  const publicKey = publicKeyOf(seed);
  return { name, id: keyId(name, type, publicKey), type, publicKey, seed };
}

function readKey(
  format: string,
  name: string,
  hexId: string,
  data: string,
  read: (type: number, bytes: Uint8Array) => { readonly type: number; readonly publicKey: Uint8Array },
): VerifierKey {
  if (!NAME.test(name)) throw new MalformedFormat(format, 'has no usable name');
  const [type, ...bytes] = fromBase64(data, format);
  if (type !== PLAIN && type !== COSIGNATURE)
    throw new MalformedFormat(format, `is of an unknown type ${type ?? ''}`);
  if (bytes.length !== KEY_BYTES)
    throw new MalformedFormat(format, `has ${bytes.length} bytes instead of ${KEY_BYTES}`);
  const { publicKey } = read(type, Uint8Array.from(bytes));
  const id = keyId(name, type, publicKey);
  if (hex(id) !== hexId) throw new MalformedFormat(format, 'has an id that does not fit the key');
  return { name, id, type, publicKey };
}

/** Whether a signature line is by this key. */
export function isBy(key: VerifierKey, name: string, id: Uint8Array): boolean {
  return key.name === name && equalBytes(key.id, id);
}

function keyId(name: string, type: number, publicKey: Uint8Array): Uint8Array {
  return sha256(`${name}\n`, Uint8Array.of(type), publicKey).slice(0, ID_BYTES);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
