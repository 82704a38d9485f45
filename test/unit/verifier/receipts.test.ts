import { exitCodeOf } from '../../../verification/verifier/print-verdict.js';
import { parseReceipt } from '../../../verification/verifier/receipts/receipt.js';
import { aboutReceipts, headline } from '../../../verification/verifier/verdict/describe.js';
import type { Verdict } from '../../../verification/verifier/verdict/verdict.js';
import { en } from '../../../verification/verifier/words/en.js';
import { ko } from '../../../verification/verifier/words/ko.js';
import { CAMPAIGN, goodLog } from '../../support/log-kit/good-log.js';
import {
  commitmentOf,
  inclusion,
  promise,
  soldOut,
  STRANGER,
  userOf,
} from '../../support/log-kit/receipts.js';
import { LOG_LEAF, SignedLog } from '../../support/log-kit/signed-log.js';
import { verifyText } from '../../support/log-kit/verify-text.js';

const log = new SignedLog(goodLog(commitmentOf));

/** What is promised to whoever has this number: epoch and time are those of the claim. */
function claimed(arrivalNo: number): { arrivalNo: number; epoch: number; createdAtMs: number } {
  const claim = log.leaves.find((leaf) => new RegExp(`^v1 claim ${CAMPAIGN} \\d+ ${arrivalNo} `).test(leaf));
  const [, , , epoch, , createdAtMs] = claim?.split(' ') ?? [];
  return { arrivalNo, epoch: Number(epoch), createdAtMs: Number(createdAtMs) };
}

/** The leaf that begins with these fields after `v1`. */
function leafOf(fields: string): string {
  return log.leaves.find((leaf) => leaf.startsWith(`v1 ${fields} `)) ?? '';
}

async function check(receipt: string, of = log): Promise<Verdict> {
  return verifyText(of.proof(CAMPAIGN), { receipts: [parseReceipt(receipt)] });
}

describe('a promise', () => {
  it.each([
    [1, 'kept'],
    [2, 'failed'],
    [3, 'regranted'],
    [4, 'paid'],
    [6, 'left'],
    [7, 'paid'],
    [11, 'ended'],
  ])('that is kept is in the log, with what became of number %i: %s', async (arrivalNo, status) => {
    const verdict = await check(promise(claimed(arrivalNo)));
    expect(verdict.receipts).toEqual([{ name: 'in-the-log', campaign: CAMPAIGN, arrivalNo, status }]);
    expect(verdict.conclusion).toBe('proven');
  });

  it('that is missing after the end is evidence', async () => {
    const verdict = await check(promise({ arrivalNo: 12, epoch: 2, createdAtMs: 1_764_100_000_300 }));
    expect(verdict.receipts[0]?.name).toBe('not-in-the-log');
    expect(verdict.conclusion).toBe('violated');
  });

  it('need not be in the log before its time', async () => {
    const early = new SignedLog(log.leaves.slice(0, 14));
    const made = { arrivalNo: 5, epoch: 1, createdAtMs: 1_764_100_000_300 };
    expect((await check(promise(made), early)).receipts[0]?.name).toBe('not-yet-due');
    const due = { ...made, createdAtMs: 1_764_099_000_000 };
    expect((await check(promise(due), early)).receipts[0]?.name).toBe('not-in-the-log');
  });

  describe('that was broken, and then a longer delay was said', () => {
    const upTo = log.leaves.slice(0, 14);
    const reachedMs = Math.max(...upTo.map((leaf) => Number(/ (1764[01]\d{8})( |$)/.exec(leaf)?.[1] ?? 0)));
    const excuse = (atMs: number) => `${LOG_LEAF.replace(/ \d+ \d+$/, '')} ${2 ** 53 - 1} ${atMs}`;
    const broken = { arrivalNo: 5, epoch: 1, createdAtMs: 1_764_099_000_000 };

    it.each([
      ['after it was due', reachedMs],
      ['as if it had been before', broken.createdAtMs],
    ])('is evidence: %s', async (_, atMs) => {
      const excused = new SignedLog([...upTo, excuse(atMs)]);
      expect((await check(promise(broken), excused)).receipts[0]?.name).toBe('not-in-the-log');
    });

    it('is evidence also if nothing but witnesses tell how young that is', async () => {
      const createdAtMs = reachedMs + 1_000;
      const excused = new SignedLog([...upTo, excuse(reachedMs)]);
      const seenBefore = upTo.length;
      const receipts = [parseReceipt(promise({ ...broken, createdAtMs }))];
      const judged = async (firstSeenAtMs: number) =>
        verifyText(
          excused.proof(CAMPAIGN, [
            excused.checkpoint(seenBefore, { seenAtMs: firstSeenAtMs }),
            excused.checkpoint(undefined, { seenAtMs: createdAtMs + 200_000 }),
          ]),
          { receipts },
        );
      expect((await judged(createdAtMs + 150_000)).receipts[0]?.name).toBe('not-in-the-log');
      expect((await judged(reachedMs)).receipts[0]?.name).toBe('not-yet-due');
    });
  });

  it('that was made after a longer delay was said has that long', async () => {
    const early = log.leaves.slice(0, 14);
    const longer = LOG_LEAF.replace(/ \d+ \d+$/, ' 5000000 1764098900000');
    const of = new SignedLog([LOG_LEAF, longer, ...early.slice(1)]);
    const named = async (createdAtMs: number) =>
      (await check(promise({ arrivalNo: 5, epoch: 1, createdAtMs }), of)).receipts[0]?.name;
    expect(await named(1_764_099_500_000)).toBe('not-yet-due');
    expect(await named(1_764_098_800_000)).toBe('not-in-the-log');
  });

  it('that was logged with another time, or called lost, is evidence', async () => {
    const { createdAtMs } = claimed(4);
    const moved = promise({ ...claimed(4), createdAtMs: createdAtMs - 1 });
    expect((await check(moved)).receipts[0]?.name).toBe('logged-otherwise');
    const lost = promise({ arrivalNo: 8, epoch: 1, createdAtMs });
    expect((await check(lost)).receipts[0]?.name).toBe('logged-otherwise');
  });

  it.each(['', '00112233', '00112233AABBCCDD', '00112233aabbccdd/x'])(
    'in a tree that is none of promises, by its name "%s", is not signed',
    async (tree) => {
      expect((await check(promise({ ...claimed(4), tree }))).receipts[0]?.name).toBe('not-signed');
    },
  );

  it('of somebody else does not open', async () => {
    const verdict = await check(promise({ ...claimed(4), userId: userOf(5) }));
    expect(verdict.receipts[0]?.name).toBe('somebody-else');
    expect(verdict).toMatchObject({ conclusion: 'not-proven', reasons: ['receipt-shows-nothing'] });
  });

  it('by a key that the log does not name is no promise', async () => {
    const verdict = await check(promise({ arrivalNo: 12, epoch: 2, createdAtMs: 1, key: STRANGER }));
    expect(verdict.receipts[0]?.name).toBe('not-signed');
  });

  it('whose path does not lead to what was signed is no promise', async () => {
    const text = promise({ arrivalNo: 12, epoch: 2, createdAtMs: 1 }).replace('index 1', 'index 0');
    expect((await check(text)).receipts[0]?.name).toBe('not-signed');
  });
});

describe('a proof of inclusion', () => {
  it.each([1, 2, 5, 10])('of number %i agrees with the log', async (arrivalNo) => {
    expect((await check(await inclusion(log, arrivalNo))).receipts[0]?.name).toBe('in-the-log');
  });

  it('from another history is evidence', async () => {
    const other = new SignedLog(log.leaves.map((leaf) => leaf.replace(/^(v1 paid ten-won 4 4) \S+/, '$1 -')));
    const verdict = await check(await inclusion(other, 4));
    expect(verdict.receipts[0]?.name).toBe('logged-otherwise');
    expect(verdict.conclusion).toBe('violated');
  });

  it('made from another history is evidence, though its own leaves are the same', async () => {
    const other = new SignedLog(log.leaves.map((leaf) => leaf.replace(/^(v1 paid ten-won 1 1) \S+/, '$1 -')));
    const verdict = await check(await inclusion(other, 4));
    expect(verdict.receipts[0]?.name).toBe('in-the-log');
    expect(verdict.violations.map(({ name }) => name)).toEqual(['two-histories']);
  });

  it('is no evidence against a copy of the log that is older than it', async () => {
    const older = new SignedLog(log.leaves.slice(0, log.leaves.indexOf(leafOf('paid ten-won 4 4'))));
    const verdict = await check(await inclusion(log, 4), older);
    expect(verdict.receipts).toMatchObject([{ name: 'newer-than-the-log', arrivalNo: 4, status: null }]);
    expect(verdict.conclusion).toBe('proven');
  });

  it('with the opening of somebody else does not open', async () => {
    const text = (await inclusion(log, 4)).replace(`"userId":"${userOf(4)}"`, `"userId":"${userOf(5)}"`);
    expect((await check(text)).receipts[0]?.name).toBe('somebody-else');
  });

  it('that names the key of another log is not signed', async () => {
    const text = (await inclusion(log, 4)).replace('"logKey":"test.', '"logKey":"another.');
    expect((await check(text)).receipts[0]?.name).toBe('not-signed');
  });

  /** Changes the leaves that a receipt gives. */
  const given = async (
    change: (proofs: readonly unknown[]) => readonly unknown[],
    of = log,
  ): Promise<string> => {
    const receipt = JSON.parse(await inclusion(of, 10)) as { readonly proofs: readonly unknown[] };
    return JSON.stringify({ ...receipt, proofs: change(receipt.proofs) });
  };

  it('that lacks a leaf, repeats one, or gives them in another order is not whole', async () => {
    const changes: readonly ((proofs: readonly unknown[]) => readonly unknown[])[] = [
      (proofs) => proofs.slice(0, -1),
      (proofs) => proofs.toSpliced(1, 1),
      (proofs) => [...proofs, proofs.at(-1)],
      (proofs) => proofs.toReversed(),
    ];
    for (const change of changes)
      expect(await check(await given(change))).toMatchObject({
        ...{ conclusion: 'not-proven', receipts: [{ name: 'not-whole', status: null }] },
      });
  });

  it('that was made before something happened is whole without it', async () => {
    const before = new SignedLog(log.leaves.slice(0, log.leaves.indexOf(leafOf('paid ten-won 4 4'))));
    expect((await check(await inclusion(before, 4))).receipts[0]).toMatchObject({
      ...{ name: 'in-the-log', status: 'paid' },
    });
  });

  it('with another leaf is not signed', async () => {
    const text = (await inclusion(log, 4)).replace('v1 paid ten-won 4 4', 'v1 paid ten-won 4 3');
    expect((await check(text)).receipts[0]?.name).toBe('not-signed');
  });
});

describe('after a set-back', () => {
  /** The log up to where number 8 is called lost, set back to before it, and what is said then. */
  const setBack = (from: number, ...after: readonly string[]): SignedLog => {
    const upTo = log.leaves.slice(0, log.leaves.indexOf(leafOf('lost ten-won 2')) + 1);
    return new SignedLog([...upTo, `v1 restored ten-won ${from} 9 1764100000800`, ...after]);
  };
  const named = async (receipt: string, of: SignedLog) => (await check(receipt, of)).receipts[0];

  it('a loss that was taken back shows nothing of a promise that is not due', async () => {
    const promised = promise({ arrivalNo: 8, epoch: 1, createdAtMs: 1_764_100_000_700 });
    expect(await named(promised, setBack(8))).toMatchObject({ name: 'not-yet-due' });
    expect(await named(promised, setBack(9))).toMatchObject({ name: 'logged-otherwise' });
  });

  it('a receipt of a claim that was taken back tells so, also when somebody else has the number', async () => {
    const again = leafOf('claim ten-won 1 4');
    const other = again.replace(commitmentOf(4), commitmentOf(12));
    const before = new SignedLog(setBack(4).leaves.slice(0, -1));
    const receiptIn = async (of: SignedLog) => named(await inclusion(before, 4), of);
    expect(await receiptIn(setBack(5))).toMatchObject({ name: 'in-the-log', status: 'holding' });
    expect(await receiptIn(setBack(4))).toMatchObject({ name: 'in-the-log', status: 'restored' });
    expect(await receiptIn(setBack(4, again))).toMatchObject({ name: 'in-the-log', status: 'holding' });
    expect(await receiptIn(setBack(4, other))).toMatchObject({ name: 'in-the-log', status: 'restored' });
    const anew = setBack(4, again);
    expect(await named(await inclusion(anew, 4), anew)).toMatchObject({
      ...{ name: 'in-the-log', status: 'holding' },
    });
  });
});

describe('a note of “sold out”', () => {
  it('agrees with a log in which later people got what others had left', async () => {
    expect((await check(soldOut(7))).receipts[0]?.name).toBe('sold-out-agrees');
  });

  it('is contradicted by more people than places that became free', async () => {
    expect((await check(soldOut(2))).receipts[0]?.name).toBe('sold-out-contradicted');
  });

  it('is evidence if fewer people had come than there are places', async () => {
    const few = log.leaves.slice(0, log.leaves.indexOf(leafOf(`claim ${CAMPAIGN} 1 3`)) + 1);
    expect((await check(soldOut(3), new SignedLog(few))).receipts[0]?.name).toBe('sold-out-too-early');
    expect(exitCodeOf(await check(soldOut(3), new SignedLog(few)))).toBe(1);
  });

  it('that is newer than the log is not judged by it', async () => {
    const few = log.leaves.slice(0, log.leaves.indexOf(leafOf(`claim ${CAMPAIGN} 1 3`)) + 1);
    expect((await check(soldOut(7), new SignedLog(few))).receipts[0]?.name).toBe('newer-than-the-log');
  });

  it('by a stranger says nothing', async () => {
    expect((await check(soldOut(7, STRANGER))).receipts[0]?.name).toBe('not-signed');
  });
});

describe('what is no receipt', () => {
  it.each(['', 'hello', '{"format":"seonchak-receipt/v2"}', 'c2sp.org/tlog-proof@v1\nindex 0\n\nx\n1\n'])(
    'is refused with a sentence: %j',
    (text) => {
      expect(() => parseReceipt(text)).toThrow(expect.objectContaining({ name: 'UnusableInput' }));
    },
  );
});

describe('a receipt of another campaign', () => {
  const other = promise({ ...claimed(1), campaign: 'another' });

  it('leaves the verdict on this campaign as it is, and has an exit code of its own', async () => {
    const verdict = await check(other);
    expect(verdict.receipts).toEqual([
      { name: 'other-campaign', campaign: 'another', arrivalNo: 1, status: null },
    ]);
    expect(verdict).toMatchObject({ conclusion: 'proven', reasons: [] });
    expect(exitCodeOf(verdict)).toBe(4);
    expect(exitCodeOf(await check(promise(claimed(1))))).toBe(0);
    for (const words of [en, ko]) {
      expect(aboutReceipts(verdict, words, { number: String, time: String })).toEqual([
        expect.stringContaining('another'),
      ]);
      expect(headline(verdict, words)).toBe(words.conclusions.proven);
    }
  });

  it('excuses no broken rule', async () => {
    const broken = new SignedLog(log.leaves.filter((leaf) => !leaf.startsWith('v1 claim ten-won 1 3 ')));
    expect(exitCodeOf(await check(other, broken))).toBe(1);
  });
});

describe('swapped files', () => {
  it('are called what they are', async () => {
    const proof = log.proof(CAMPAIGN);
    const asReceipt = expect.objectContaining({ name: 'UnusableInput', misplacement: 'proof-as-receipt' });
    expect(() => parseReceipt(proof)).toThrow(asReceipt);
    const asProof = expect.objectContaining({ name: 'UnusableInput', misplacement: 'receipt-as-proof' });
    const receipts = [promise(claimed(1)), soldOut(7), await inclusion(log, 1)];
    for (const receipt of receipts) await expect(verifyText(receipt)).rejects.toThrow(asProof);
  });
});

describe('the whole answer to a claim, saved as it came', () => {
  it('is as good as the receipt in it', () => {
    const receipt = promise(claimed(1));
    const answer = JSON.stringify({ status: 'PENDING', arrivalNo: 1, receipt });
    expect(parseReceipt(answer)).toEqual(parseReceipt(receipt));
    const note = soldOut(7);
    expect(parseReceipt(JSON.stringify({ code: 'sold-out', receipt: note }))).toEqual(parseReceipt(note));
  });

  it('without a receipt it is none', () => {
    expect(() => parseReceipt('{"status":"PENDING"}')).toThrow('JSON without `receipt`');
  });
});
