import { toBase64, utf8 } from '../../../src/transparency/formats/bytes.js';
import { formatCheckpoint } from '../../../src/transparency/formats/checkpoint.js';
import { commitToUser } from '../../../src/transparency/formats/commitment.js';
import { nonceOfUser } from '../../../src/transparency/formats/nonce.js';
import {
  formatVerifierKey,
  makeSignerKey,
  type SignerKey,
} from '../../../src/transparency/formats/note-key.js';
import { formatNote, signNote } from '../../../src/transparency/formats/signed-note.js';
import { formatTlogProof } from '../../../src/transparency/formats/tlog-proof.js';
import { CAMPAIGN } from './good-log.js';
import { LOG_KEY, ORIGIN, RECEIPT_KEY, SignedLog } from './signed-log.js';

const CAMPAIGN_KEY = new Uint8Array(32).fill(7);

/** The user who has this arrival number, in logs of these receipts. */
export function userOf(arrivalNo: number): string {
  return String(1000 + arrivalNo);
}

export function openingOf(userId: string): Uint8Array {
  return nonceOfUser(CAMPAIGN_KEY, userId);
}

/** C of the person with this arrival number. */
export function commitmentOf(arrivalNo: number): string {
  const userId = userOf(arrivalNo);
  return toBase64(commitToUser(CAMPAIGN, userId, openingOf(userId)));
}

/** What a promise is made of; the rest is true. */
export interface PromiseParts {
  readonly arrivalNo: number;
  readonly epoch: number;
  readonly createdAtMs: number;
  readonly campaign?: string;
  readonly userId?: string;
  readonly key?: SignerKey;
  /** The name of its tree. */
  readonly tree?: string;
}

/** A promise, signed in one tree with others. */
export function promise({
  arrivalNo,
  epoch,
  createdAtMs,
  campaign = CAMPAIGN,
  userId = userOf(arrivalNo),
  key = RECEIPT_KEY,
  tree: name = '00112233aabbccdd',
}: PromiseParts): string {
  const leaf = `v1 promise ${campaign} ${epoch} ${arrivalNo} ${createdAtMs} ${commitmentOf(arrivalNo)}`;
  const tree = new SignedLog([`v1 promise ${CAMPAIGN} 1 99 1 -`, leaf]);
  const text = formatCheckpoint({
    origin: `${ORIGIN}/receipts/${name}`,
    size: 2,
    root: tree.root(),
  });
  const extra = { leaf, userId, nonce: toBase64(openingOf(userId)) };
  return formatTlogProof({
    extra: utf8(JSON.stringify(extra)),
    index: 1,
    hashes: [new SignedLog(tree.leaves.slice(0, 1)).root()],
    checkpoint: formatNote({ text, signatures: [signNote(text, key)] }),
  });
}

/** What a person gets later: each leaf of their number, from its last claim on, with its proof. */
export async function inclusion(log: SignedLog, arrivalNo: number): Promise<string> {
  const kinds = 'promote|paid|failed|revoked|reversed|left|ended';
  const pattern = new RegExp(`^v1 (?:claim ${CAMPAIGN} \\d+|(?:${kinds}) ${CAMPAIGN}) ${arrivalNo} `);
  const proofs = [];
  const claim = log.leaves.findLastIndex((leaf) => pattern.test(leaf) && leaf.startsWith('v1 claim '));
  for (const [index, leaf] of log.leaves.entries())
    if (index >= claim && pattern.test(leaf)) proofs.push({ leaf, proof: await log.inclusion(index) });
  const userId = userOf(arrivalNo);
  return JSON.stringify({
    ...{ format: 'seonchak-receipt/v1', campaignId: CAMPAIGN, userId, nonce: toBase64(openingOf(userId)) },
    ...{ arrivalNo, logKey: formatVerifierKey(LOG_KEY), proofs },
  });
}

/** "Sold out", as it was told after this arrival number. */
export function soldOut(lastArrivalNo: number, key: SignerKey = RECEIPT_KEY): string {
  const text = `${ORIGIN}/sold-out\nv1 sold-out ${CAMPAIGN} 1 ${lastArrivalNo} 1764100000200 12\n`;
  return formatNote({ text, signatures: [signNote(text, key)] });
}

/** A key in the name of the receipt key, of somebody who has no right to it. */
export const STRANGER = makeSignerKey(RECEIPT_KEY.name, new Uint8Array(32).fill(66));
