import { fromBase64, hashFromBase64 } from '../../../src/transparency/formats/bytes.js';
import { parseNote } from '../../../src/transparency/formats/signed-note.js';
import { parseTlogProof, type TlogProof } from '../../../src/transparency/formats/tlog-proof.js';
import { MisplacedFile } from '../reading/misplaced-file.js';
import { PROOF_FORMAT } from '../reading/proof-file.js';
import { UnusableInput, usable } from '../unusable-input.js';

/** What opens a commitment: who, and the nonce that the person alone got. */
export interface Opening {
  readonly userId: string;
  readonly nonce: Uint8Array;
}

/** `v1 promise …`, which came with the claim. */
export interface PromiseReceipt {
  readonly kind: 'promise';
  readonly campaign: string;
  readonly epoch: number;
  readonly arrivalNo: number;
  readonly createdAtMs: number;
  readonly who: string;
  /** The line that was signed. */
  readonly leaf: string;
  readonly opening: Opening;
  readonly proof: TlogProof;
}

/** `seonchak-receipt/v1`: leaves of one arrival number, each with its proof against a checkpoint of the log. */
export interface InclusionReceipt {
  readonly kind: 'inclusion';
  readonly campaign: string;
  readonly arrivalNo: number;
  /** The verifier key of the log that it says it is of. */
  readonly logKey: string;
  readonly opening: Opening;
  readonly proofs: readonly { readonly leaf: string; readonly proof: TlogProof }[];
}

/** "Sold out", signed: nobody got in after this arrival number but for places that were freed. */
export interface SoldOutReceipt {
  readonly kind: 'sold-out';
  readonly campaign: string;
  readonly epoch: number;
  readonly lastArrivalNo: number;
  readonly atMs: number;
  /** The first line of the note. */
  readonly origin: string;
  readonly note: string;
}

/** `seonchak-listed/v1`: what finds a person in the list of who may claim. Nobody has signed it. */
export interface ListedReceipt {
  readonly kind: 'listed';
  readonly campaign: string;
  readonly opening: Opening;
  /** Its line in the list, and the hashes that lead from it to the root in the terms; null if it has no path. */
  readonly place: {
    readonly index: number;
    readonly size: number;
    readonly path: readonly Uint8Array[];
  } | null;
}

/** A receipt that is about a claim, or about asking for one. */
export type ClaimReceipt = PromiseReceipt | InclusionReceipt | SoldOutReceipt;

export type Receipt = ClaimReceipt | ListedReceipt;

const USER_ID = /^[1-9]\d*$/;
const NONCE_BYTES = 16;
const PROMISE = /^v1 promise (\S+) ([1-9]\d*) ([1-9]\d*) (0|[1-9]\d*) (\S+)$/;
const SOLD_OUT = /^(\S+)\nv1 sold-out (\S+) ([1-9]\d*) (0|[1-9]\d*) (0|[1-9]\d*) (0|[1-9]\d*)\n$/;

/**
 * Reads a receipt of any kind, or the whole answer that brought it. Nothing of it is verified.
 * @throws UnusableInput
 */
export function parseReceipt(text: string): Receipt {
  if (text.startsWith(PROOF_FORMAT)) throw new MisplacedFile('proof-as-receipt');
  if (text.startsWith('{')) {
    const { receipt } = readJson(text);
    return typeof receipt === 'string' ? readNote(receipt) : readProvenJson(text);
  }
  return readNote(text);
}

/** What comes in the member `receipt` of an answer. */
function readNote(text: string): PromiseReceipt | SoldOutReceipt {
  if (text.startsWith('c2sp.org/tlog-proof@')) return readPromise(text);
  return readSoldOut(text);
}

function readPromise(text: string): PromiseReceipt {
  const proof = usable(() => parseTlogProof(text));
  const { leaf, userId, nonce } = readJson(new TextDecoder().decode(proof.extra ?? new Uint8Array()));
  const [, campaign, epoch, arrivalNo, createdAtMs, who] = PROMISE.exec(String(leaf)) ?? [];
  if (campaign === undefined || who === undefined)
    throw new UnusableInput('The promise does not say which claim it is about.');
  return {
    ...{ kind: 'promise', campaign, epoch: Number(epoch), arrivalNo: Number(arrivalNo) },
    ...{ createdAtMs: Number(createdAtMs), who, leaf: String(leaf), opening: opening(userId, nonce), proof },
  };
}

function readProvenJson(text: string): InclusionReceipt | ListedReceipt {
  const answer = readJson(text);
  const { format, campaignId, userId, nonce, arrivalNo, logKey, proofs } = answer;
  if (format === 'seonchak-listed/v1' && typeof campaignId === 'string')
    return {
      ...{ kind: 'listed', campaign: campaignId },
      ...{ opening: opening(userId, nonce), place: readPlace(answer) },
    };
  if (format !== 'seonchak-receipt/v1' || typeof campaignId !== 'string' || !Array.isArray(proofs))
    throw new UnusableInput(
      'This is no receipt: it is JSON without `receipt`, and of another kind than seonchak-receipt/v1.',
    );
  return {
    ...{ kind: 'inclusion', campaign: campaignId, arrivalNo: Number(arrivalNo), logKey: String(logKey) },
    opening: opening(userId, nonce),
    proofs: proofs.map((entry: { leaf?: unknown; proof?: unknown } | null) => ({
      leaf: String(entry?.leaf),
      proof: usable(() => parseTlogProof(String(entry?.proof))),
    })),
  };
}

/** All three members, or none. */
function readPlace({ index, size, path }: Readonly<Record<string, unknown>>): ListedReceipt['place'] {
  if (index === undefined && size === undefined && path === undefined) return null;
  if (!isCount(index) || !isCount(size) || !Array.isArray(path))
    throw new UnusableInput('The place on the list is not whole: it takes `index`, `size` and `path`.');
  return {
    ...{ index, size },
    path: path.map((hash) => usable(() => hashFromBase64(String(hash), 'path'))),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function readSoldOut(note: string): SoldOutReceipt {
  const { text } = usable(() => parseNote(note));
  const [, origin, campaign, ...numbers] = SOLD_OUT.exec(text) ?? [];
  if (origin === undefined || campaign === undefined)
    throw new UnusableInput(
      'This is no receipt: neither a promise, nor a proof of inclusion, nor a note of “sold out”.',
    );
  const [epoch = 0, lastArrivalNo = 0, atMs = 0] = numbers.map(Number);
  return { kind: 'sold-out', campaign, epoch, lastArrivalNo, atMs, origin, note };
}

function opening(userId: unknown, nonce: unknown): Opening {
  if (typeof userId !== 'string' || typeof nonce !== 'string')
    throw new UnusableInput('The receipt lacks the person’s number or the nonce.');
  const bytes = usable(() => fromBase64(nonce, 'nonce'));
  // What is hashed has no lengths: a nonce that holds a newline would also open as another user with a shorter one.
  if (!USER_ID.test(userId) || bytes.length !== NONCE_BYTES)
    throw new UnusableInput('The receipt names no user by a number, or its nonce is not of 16 bytes.');
  return { userId, nonce: bytes };
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // The sentence below says it.
  }
  throw new UnusableInput('The receipt holds no JSON where it should.');
}
