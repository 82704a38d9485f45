import { concatBytes, fromBase64, toBase64, utf8 } from './bytes.js';
import { hasControlCharacter } from './control-characters.js';
import { signEd25519, verifyEd25519 } from './ed25519.js';
import { MalformedFormat } from './malformed-format.js';
import { COSIGNATURE, isBy, PLAIN, type SignerKey, type VerifierKey } from './note-key.js';

const FORMAT = 'signed note';
const SIGNATURE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const MOST_SIGNATURES = 100;
const ID_BYTES = 4;

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** Of the key. */
  readonly id: Uint8Array;
  /** What stands behind the id: 64 bytes by a plain key. */
  readonly signature: Uint8Array;
}

/** C2SP signed-note: a text, which ends with a newline, and who signed it. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Reads a note, without checking who signed it. @throws MalformedFormat */
export function parseNote(note: string): SignedNote {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new MalformedFormat(FORMAT, 'has no signatures');
  const text = note.slice(0, end + 1);
  if (hasControlCharacter(note, '\n')) throw new MalformedFormat(FORMAT, 'has control characters');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw new MalformedFormat(FORMAT, 'has too many signatures');
  return { text, signatures: lines.map(parseSignature) };
}

/** The note as it is published. */
export function formatNote({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(formatSignature).join('')}`;
}

/** One signature line, with its newline. */
export function formatSignature({ name, id, signature }: NoteSignature): string {
  return `\u2014 ${name} ${toBase64(concatBytes(id, signature))}\n`;
}

/** Reads one signature line, without its newline. @throws MalformedFormat */
export function parseSignature(line: string): NoteSignature {
  const [, name, base64] = SIGNATURE.exec(line) ?? [];
  if (name === undefined || base64 === undefined)
    throw new MalformedFormat(FORMAT, 'has a line that is no signature');
  const bytes = fromBase64(base64, FORMAT);
  if (bytes.length <= ID_BYTES) throw new MalformedFormat(FORMAT, 'has a signature that is too short');
  return { name, id: bytes.slice(0, ID_BYTES), signature: bytes.slice(ID_BYTES) };
}

/** Signs a text by a plain key. The signature is always the same for the same text. */
export function signNote(text: string, key: SignerKey): NoteSignature {
  return { name: key.name, id: key.id, signature: signEd25519(utf8(text), key.seed) };
}

/** What a signature by a key says: that it holds, and when it was made where it says so. */
export interface ValidSignature {
  readonly key: VerifierKey;
  /** Seconds since 1970, of a cosignature; null of a plain one. */
  readonly atSeconds: number | null;
}

/**
 * The signatures of a note that are by one of these keys. Signatures by unknown keys say nothing, and are left out, and
 * so are cosignatures of a time that no calendar has: whoever signs such a time attests none.
 * @throws MalformedFormat when a signature names a known key and does not hold
 */
export function verifyNote(note: SignedNote, keys: readonly VerifierKey[]): readonly ValidSignature[] {
  const valid: ValidSignature[] = [];
  for (const { name, id, signature } of note.signatures) {
    const key = keys.find((candidate) => isBy(candidate, name, id));
    if (!key || valid.some((earlier) => earlier.key === key)) continue;
    const atSeconds = check(note.text, signature, key);
    if (atSeconds === undefined)
      throw new MalformedFormat(FORMAT, `has a signature by ${name} that does not hold`);
    if ((atSeconds ?? 0) <= LAST_SECOND) valid.push({ key, atSeconds });
  }
  return valid;
}

/** @returns undefined when it does not hold */
function check(text: string, signature: Uint8Array, key: VerifierKey): number | null | undefined {
  if (key.type === PLAIN) return verifyEd25519(signature, utf8(text), key.publicKey) ? null : undefined;
  if (key.type !== COSIGNATURE || signature.length !== TIME_BYTES + 64) return undefined;
  const atSeconds = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  const message = utf8(cosignedMessage(text, atSeconds));
  if (!verifyEd25519(signature.subarray(TIME_BYTES), message, key.publicKey)) return undefined;
  return Number(atSeconds);
}

const TIME_BYTES = 8;
/** The last second of the year 9999. */
const LAST_SECOND = 253_402_300_799;

/** C2SP tlog-cosignature: what a witness signs. */
function cosignedMessage(text: string, atSeconds: bigint): string {
  return `cosignature/v1\ntime ${atSeconds}\n${text}`;
}

/** Signs a checkpoint as a witness does. @param atSeconds since 1970 */
export function cosign(text: string, atSeconds: number, key: SignerKey): NoteSignature {
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(atSeconds));
  const signature = signEd25519(utf8(cosignedMessage(text, BigInt(atSeconds))), key.seed);
  return { name: key.name, id: key.id, signature: concatBytes(time, signature) };
}
