import { createHash } from 'node:crypto';
import { request } from 'undici';
import { outgoingAgent } from '../../platform/http/outgoing-agent.js';
import { formatAddCheckpoint } from '../formats/add-checkpoint.js';
import { parseCheckpoint } from '../formats/checkpoint.js';
import { MalformedFormat } from '../formats/malformed-format.js';
import { isBy, type VerifierKey } from '../formats/note-key.js';
import { type NoteSignature, parseNote, parseSignature, verifyNote } from '../formats/signed-note.js';

/** Whom to ask. */
export interface WitnessAddress {
  /** Its submission prefix (C2SP tlog-witness). */
  readonly url: string;
  /** Of type COSIGNATURE. */
  readonly verifierKey: VerifierKey;
}

export type CosignatureAnswer =
  /** `signature` was checked: it belongs under the checkpoint. */
  | { readonly status: 'cosigned'; readonly signature: NoteSignature; readonly atSeconds: number }
  /** The witness has cosigned a larger tree of this log: somebody else signs with our key, or we were set back. */
  | { readonly status: 'ahead'; readonly witnessSize: number }
  /** 422 means that the witness has seen another history. */
  | { readonly status: 'refused'; readonly code: number }
  /** Nobody answered in time, or what came is no answer. */
  | { readonly status: 'failed'; readonly reason: string };

const ANSWER_LIMIT_BYTES = 64 * 1024;
const SIZE = /^(0|[1-9][0-9]*)\n$/;

const agent = outgoingAgent({ mostBytes: ANSWER_LIMIT_BYTES });

/**
 * Asks a witness once to cosign a checkpoint; a second time at once if it remembers another size than we thought.
 * Tries again only when it is called again.
 * @param checkpoint as a signed note
 * @param proofFrom gives the consistency proof from a smaller tree to the checkpoint's; empty from 0
 * @param knownSize of the last checkpoint that this witness cosigned; 0 when that is not known
 * @param deadlineMs for all of it
 */
export async function requestCosignature(
  witness: WitnessAddress,
  checkpoint: string,
  proofFrom: (oldSize: number) => Promise<readonly Uint8Array[]>,
  { knownSize = 0, deadlineMs }: { readonly knownSize?: number; readonly deadlineMs: number },
): Promise<CosignatureAnswer> {
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const signal = AbortSignal.timeout(deadlineMs);
  const ask = async (oldSize: number) => {
    const proof = await proofFrom(oldSize);
    return post(witness.url, formatAddCheckpoint({ oldSize, proof, checkpoint }), signal);
  };
  try {
    let answer = await ask(Math.min(knownSize, size));
    if (answer.code === 409) {
      const witnessSize = readSize(answer.body);
      if (witnessSize > size) return { status: 'ahead', witnessSize };
      answer = await ask(witnessSize);
    }
    if (answer.code !== 200) return { status: 'refused', code: answer.code };
    return readCosignature(answer.body, checkpoint, witness.verifierKey);
  } catch (error) {
    return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The last checkpoint that a witness says it cosigned, as a note that was not verified; null where it says nothing, or
 * not in time. C2SP leaves it to a witness whether it tells.
 */
export async function requestLastCheckpoint(
  { url }: WitnessAddress,
  origin: string,
  deadlineMs: number,
): Promise<string | null> {
  const hash = createHash('sha256').update(origin).digest('hex');
  try {
    const { statusCode, body } = await request(`${withoutSlash(url)}/${hash}/checkpoint`, {
      ...{ dispatcher: agent, signal: AbortSignal.timeout(deadlineMs) },
    });
    const text = await body.text();
    return statusCode === 200 ? text : null;
  } catch {
    return null;
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

async function post(
  prefix: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly body: string }> {
  const answer = await request(`${withoutSlash(prefix)}/add-checkpoint`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body,
    dispatcher: agent,
    signal,
  });
  return { code: answer.statusCode, body: await answer.body.text() };
}

function readSize(body: string): number {
  const size = Number(SIZE.exec(body)?.[1] ?? NaN);
  if (!Number.isSafeInteger(size)) throw new MalformedFormat('answer with status 409', 'has no size');
  return size;
}

/** The witness may sign with several keys; lines by others than the one we know are ignored. */
function readCosignature(body: string, checkpoint: string, key: VerifierKey): CosignatureAnswer {
  const lines = body.endsWith('\n') ? body.slice(0, -1).split('\n') : [];
  const signature = lines.map(parseSignature).find(({ name, id }) => isBy(key, name, id));
  if (!signature) return { status: 'failed', reason: `the answer has no signature by ${key.name}` };
  const [valid] = verifyNote({ text: parseNote(checkpoint).text, signatures: [signature] }, [key]);
  if (valid?.atSeconds == null) return { status: 'failed', reason: `${key.name} is no key for cosignatures` };
  return { status: 'cosigned', signature, atSeconds: valid.atSeconds };
}
