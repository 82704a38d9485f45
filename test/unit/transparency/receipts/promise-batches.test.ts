import { randomBytes } from 'node:crypto';
import { utf8 } from '../../../../src/transparency/formats/bytes.js';
import { parseCheckpoint } from '../../../../src/transparency/formats/checkpoint.js';
import { hashLeaf, verifyInclusion } from '../../../../src/transparency/formats/merkle-tree.js';
import { formatSignerKey, makeSignerKey } from '../../../../src/transparency/formats/note-key.js';
import { parseNote, verifyNote } from '../../../../src/transparency/formats/signed-note.js';
import { parseTlogProof } from '../../../../src/transparency/formats/tlog-proof.js';
import { PromiseBatches } from '../../../../src/transparency/receipts/promise-batches.js';
import { promiseLeaf } from '../../../../src/transparency/receipts/promise-leaf.js';
import { ReceiptKey } from '../../../../src/transparency/receipts/receipt-key.js';

const signer = makeSignerKey('give.example/receipts', randomBytes(32));
const campaignKey = randomBytes(32);

const leafOf = (n: number): ReturnType<typeof promiseLeaf> =>
  promiseLeaf(
    { campaignId: 'ten-won', userId: String(n), arrivalNo: n, createdAt: new Date(1_764_100_000_000) },
    1,
    campaignKey,
  );

/** What is in a receipt, as a claimant checks it: the leaf, if the proof leads to a root that the key signed. */
function check(receipt: string): { readonly leaf: string; readonly origin: string; readonly size: number } {
  const { extra, index, hashes, checkpoint } = parseTlogProof(receipt);
  const note = parseNote(checkpoint);
  expect(verifyNote(note, [signer])).toHaveLength(1);
  const { origin, size, root } = parseCheckpoint(note.text);
  const { leaf } = JSON.parse(new TextDecoder().decode(extra ?? new Uint8Array())) as { leaf: string };
  expect(verifyInclusion(hashes, size, root, index, hashLeaf(utf8(leaf)))).toBe(true);
  return { leaf, origin, size };
}

describe('promises', () => {
  const batches = new PromiseBatches(new ReceiptKey(formatSignerKey(signer)));

  it('asked for at the same time share one signature, and each is proven by itself', async () => {
    const receipts = await Promise.all(Array.from({ length: 700 }, (_, i) => batches.sign(leafOf(i + 1))));
    const checked = receipts.map(check);
    expect(checked.map(({ leaf }) => leaf)).toEqual(
      Array.from({ length: 700 }, (_, i) => new TextDecoder().decode(leafOf(i + 1).bytes)),
    );
    expect(new Set(checked.map(({ origin }) => origin)).size).toBe(2); // at most 512 together
    expect(Math.max(...receipts.map((receipt) => parseTlogProof(receipt).hashes.length))).toBeLessThanOrEqual(
      9,
    );
  });

  it('asked for alone have a tree of their own, and no path', async () => {
    const receipt = await batches.sign(leafOf(5));
    expect(check(receipt)).toMatchObject({
      size: 1,
      origin: expect.stringMatching(/^give\.example\/receipts\/[0-9a-f]{16}$/),
    });
    expect(parseTlogProof(receipt).hashes).toEqual([]);
  });

  it('name the claim, and nobody but by a commitment', () => {
    expect(new TextDecoder().decode(leafOf(42).bytes)).toMatch(
      /^v1 promise ten-won 1 42 1764100000000 [A-Za-z0-9+/]{43}=$/,
    );
  });
});

describe('a receipt key', () => {
  it('is named after its log', () => {
    expect(new ReceiptKey(formatSignerKey(signer)).origin).toBe('give.example');
    const other = formatSignerKey(makeSignerKey('give.example', randomBytes(32)));
    expect(() => new ReceiptKey(other)).toThrow('/receipts');
  });
});
