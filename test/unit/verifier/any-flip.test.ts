import fc from 'fast-check';
import { isEvidence } from '../../../verification/verifier/receipts/receipt-verdict.js';
import { parseReceipt } from '../../../verification/verifier/receipts/receipt.js';
import { UnusableInput } from '../../../verification/verifier/unusable-input.js';
import type { Verdict } from '../../../verification/verifier/verdict/verdict.js';
import { CAMPAIGN, goodLog } from '../../support/log-kit/good-log.js';
import { commitmentOf, inclusion, promise, soldOut } from '../../support/log-kit/receipts.js';
import { SignedLog } from '../../support/log-kit/signed-log.js';
import { verifyText } from '../../support/log-kit/verify-text.js';

const log = new SignedLog(goodLog(commitmentOf));
const proof = log.proof(CAMPAIGN);
const FEW = { numRuns: 120 };

/** One character of a text is another one, or is gone, or there is one more. */
const flip = fc.record({
  at: fc.nat(1_000_000),
  by: fc.string({ unit: 'binary-ascii', minLength: 0, maxLength: 2 }),
});

function flipped(text: string, { at, by }: { at: number; by: string }, from = 0): string {
  const place = from + (at % (text.length - from));
  return `${text.slice(0, place)}${by}${text.slice(place + 1)}`;
}

/** null when it is refused as unusable. Whatever else is thrown is a fault of the verifier. */
async function judged(check: () => Promise<Verdict>): Promise<Verdict | null> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof UnusableInput) return null;
    throw error;
  }
}

it('a proof whose tree has another character is never proven', async () => {
  const tree = proof.indexOf('\nl ') + 1;
  await fc.assert(
    fc.asyncProperty(flip, async (change) => {
      const text = flipped(proof, change, tree);
      fc.pre(text !== proof);
      expect((await judged(() => verifyText(text)))?.conclusion).not.toBe('proven');
    }),
    FEW,
  );
});

it('a proof whose head has another character proves nothing else', async () => {
  const tree = proof.indexOf('\nl ');
  const good = await verifyText(proof);
  await fc.assert(
    fc.asyncProperty(flip, async (change) => {
      const text = `${flipped(proof.slice(0, tree), change)}${proof.slice(tree)}`;
      const verdict = await judged(() => verifyText(text));
      if (verdict?.conclusion !== 'proven') return;
      expect({ ...verdict, cosignatures: [], notes: [] }).toEqual({ ...good, cosignatures: [], notes: [] });
    }),
    FEW,
  );
});

it('a receipt with another character accuses nobody', async () => {
  const claim = log.leaves.find((leaf) => leaf.startsWith('v1 claim ten-won 1 4 ')) ?? '';
  const receipts = [
    promise({ arrivalNo: 4, epoch: 1, createdAtMs: Number(claim.split(' ')[5]) }),
    await inclusion(log, 4),
    soldOut(7),
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...receipts), flip, async (receipt, change) => {
      const verdict = await judged(() =>
        verifyText(proof, { receipts: [parseReceipt(flipped(receipt, change))] }),
      );
      expect(verdict?.receipts.some(isEvidence) ?? false).toBe(false);
    }),
    FEW,
  );
});
