import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatVerifierKey } from '../../src/transparency/formats/note-key.js';
import { CAMPAIGN, goodLog } from '../support/log-kit/good-log.js';
import { LISTED, listed, listedLog, listOf, placeOf, readList } from '../support/log-kit/listed-log.js';
import { LEAF_MUTANTS } from '../support/log-kit/log-mutants.js';
import { anyCampaign, logOf } from '../support/log-kit/random-campaign.js';
import { commitmentOf, inclusion, promise, soldOut, STRANGER, userOf } from '../support/log-kit/receipts.js';
import { anyLoss, setBackLogs } from '../support/log-kit/set-back-logs.js';
import { LOG_LEAF, SignedLog, WITNESSES } from '../support/log-kit/signed-log.js';
import { verifyText } from '../support/log-kit/verify-text.js';
import { type Answer, SecondOpinion } from '../support/second-opinion.js';
import { parseReceipt } from '../../verification/verifier/receipts/receipt.js';

/** What both programs exit with. */
const CODES = { proven: 0, violated: 1, 'not-proven': 3 };

let go: SecondOpinion;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seonchak-rules-'));
  go = await SecondOpinion.build();
}, 180_000);

afterAll(() => rm(folder, { recursive: true }));

async function ask(proof: string, ...kept: readonly string[]): Promise<Answer> {
  const file = join(folder, 'a.proof');
  await writeFile(file, proof);
  return go.ask(file, ...kept);
}

/** The proof of leaves that their operator has signed. */
function proofOf(leaves: readonly string[], campaign = 'any'): string {
  const log = new SignedLog(leaves);
  return log
    .proof(campaign, [log.checkpoint(undefined, { witnesses: [] })])
    .replace('quorum all-of-us', 'quorum none');
}

/** Leaves that may be put in; # is any small number. */
const INSERTED = [
  'restored any # # 1',
  'stopped any not-justified 1',
  'state any # CLOSED 1 - 3 # - 1',
  'state any # OPEN 1 - 0 # - 1',
  'state any # OPEN 1 - 0 - - 1',
  'epoch any # # 1',
  'lost any 1 # #',
  'promote any # # 1',
  'reversed any # # regrant - 1',
  'reversed any # # keep - 1',
  'left any # 1',
  'ended any # 1',
  'full any 1 # 1764100000014',
  'unproven any 1',
  'revoked any # # - 1',
  'end any # # 0 0 0 1',
] as const;

/** What one hand can do to a log that it signs again. */
const anyEdit = fc.record({
  campaign: anyCampaign,
  at: fc.nat(),
  edit: fc.oneof(
    fc.record({
      what: fc.constantFrom('nothing' as const, 'drop' as const, 'repeat' as const, 'swap' as const),
    }),
    fc.record({ what: fc.constant('seat' as const), slot: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ what: fc.constant('count' as const), field: fc.nat(), by: fc.constantFrom(-1, 1) }),
    fc.record({
      what: fc.constant('insert' as const),
      leaf: fc.constantFrom(...INSERTED),
      numbers: fc.tuple(fc.nat(9), fc.nat(9)),
    }),
  ),
});

type AnyEdit = typeof anyEdit extends fc.Arbitrary<infer T> ? T : never;

function edited({ campaign, at, edit }: AnyEdit): string[] {
  const leaves = logOf(campaign);
  const index = 1 + (at % (leaves.length - 1));
  const leaf = leaves[index] ?? '';
  switch (edit.what) {
    case 'nothing':
      return leaves;
    case 'drop':
      return leaves.toSpliced(index, 1);
    case 'repeat':
      return leaves.toSpliced(index, 0, leaf);
    case 'swap':
      return leaves.with(index - 1, leaf).with(index, leaves[index - 1] ?? '');
    case 'seat':
      return leaves.with(index, seated(leaf, edit.slot));
    case 'count':
      return leaves.with(index, counted(leaf, edit));
    case 'insert':
      return leaves.toSpliced(index, 0, `v1 ${withNumbers(edit.leaf, edit.numbers)}`);
  }
}

/** A claim from the line with a slot, or the other way round. */
function seated(leaf: string, slot: number): string {
  const fields = leaf.split(' ');
  if (fields[1] !== 'claim') return leaf;
  return fields.with(6, fields[6] === '-' ? String(slot) : '-').join(' ');
}

/** The leaf with one of its numbers higher or lower; times and what is no number stay. */
function counted(leaf: string, { field, by }: { readonly field: number; readonly by: number }): string {
  const fields = leaf.split(' ');
  const place = 3 + (field % (fields.length - 3));
  const value = fields[place] ?? '';
  return /^\d{1,9}$/.test(value)
    ? fields.with(place, String(Math.max(0, Number(value) + by))).join(' ')
    : leaf;
}

function withNumbers(leaf: string, numbers: readonly number[]): string {
  const rest = [...numbers];
  return leaf.replace(/#/g, () => String(rest.shift()));
}

it('agrees with the good log, and with none of its mutants', async () => {
  expect(await ask(proofOf(goodLog(), CAMPAIGN))).toMatchObject({ code: 0 });
  for (const { name, change } of LEAF_MUTANTS) {
    const leaves = goodLog();
    change(leaves);
    const verdict = await verifyText(proofOf(leaves, CAMPAIGN));
    const { code, said } = await ask(proofOf(leaves, CAMPAIGN));
    expect({ name, said, code }).toEqual({ name, said, code: CODES[verdict.conclusion] });
  }
});

it('comes to the same verdict as the verifier on any campaign, whole or edited', async () => {
  await fc.assert(
    fc.asyncProperty(anyEdit, async (edit) => {
      const leaves = edited(edit);
      const proof = proofOf(leaves);
      const { conclusion, campaigns } = await verifyText(proof);
      const rules = campaigns.flatMap(({ violations }) => violations.map(({ name }) => name));
      const { code, said } = await ask(proof);
      expect({ said, rules, code }).toEqual({ said, rules, code: CODES[conclusion] });
    }),
    { numRuns: 300 },
  );
}, 240_000);

it('judges what a person kept as the verifier does', async () => {
  const log = new SignedLog(goodLog(commitmentOf));
  const claim = log.leaves.find((leaf) => leaf.startsWith(`v1 claim ${CAMPAIGN} 1 4 `)) ?? '';
  const own = { arrivalNo: 4, epoch: 1, createdAtMs: Number(claim.split(' ')[5]) };
  const included = await inclusion(log, 4);
  const receipts: Readonly<Record<string, string>> = {
    'a promise that was kept': promise(own),
    'a promise with another time': promise({ ...own, createdAtMs: own.createdAtMs - 1 }),
    'a promise to somebody else': promise({ ...own, userId: userOf(5) }),
    'a promise that was not kept': promise({ ...own, arrivalNo: 12 }),
    'a promise by a stranger': promise({ ...own, key: STRANGER }),
    'a promise at another place': promise(own).replace('index 1', 'index 0'),
    'leaves that are in it': included,
    'leaves of somebody else': included.replace(`"userId":"${userOf(4)}"`, `"userId":"${userOf(5)}"`),
    'leaves of which one is missing': withoutLast(included),
    'another leaf': included.replace('v1 paid ten-won 4 4', 'v1 paid ten-won 4 3'),
    'sold out, and so it was': soldOut(7),
    'sold out, and more people got in': soldOut(2),
    'sold out, by a stranger': soldOut(7, STRANGER),
  };
  const proof = log.proof(CAMPAIGN);
  for (const [name, receipt] of Object.entries(receipts)) {
    await writeFile(join(folder, 'kept'), receipt);
    const { code, said } = await ask(proof, join(folder, 'kept'));
    const { conclusion } = await verifyText(proof, { receipts: [parseReceipt(receipt)] });
    expect({ name, said, agrees: code === 0 }).toEqual({ name, said, agrees: conclusion === 'proven' });
  }
});

/** A receipt without the last of its leaves. */
function withoutLast(receipt: string): string {
  const told = JSON.parse(receipt) as { readonly proofs: readonly unknown[] };
  return JSON.stringify({ ...told, proofs: told.proofs.slice(0, -1) });
}

it('judges a list of who may claim as the verifier does', async () => {
  const others = LISTED.filter((number) => number !== 4);
  const cases: readonly (readonly [SignedLog, string])[] = [
    [listedLog(LISTED), listOf(LISTED)],
    [listedLog(others), listOf(others)],
    [listedLog(LISTED), listOf(others)],
    [listedLog(LISTED), listOf([...LISTED, 21])],
    [listedLog(LISTED), listOf(LISTED, 'other')],
    [listedLog([]), listOf([])],
    [new SignedLog(goodLog(commitmentOf)), listOf(LISTED)],
  ];
  for (const [log, list] of cases) {
    const proof = log.proof(CAMPAIGN);
    await writeFile(join(folder, 'list'), list);
    const { code, said } = await ask(proof, join(folder, 'list'));
    const { conclusion } = await verifyText(proof, { list: await readList(list) });
    expect({ said, code }).toEqual({ said, code: CODES[conclusion] });
  }
});

it('judges a place on a list of who may claim as the verifier does', async () => {
  const place = placeOf(4);
  const cases: readonly (readonly [SignedLog, string])[] = [
    ...LISTED.map((number) => [listedLog(LISTED), listed(number, { place: placeOf(number) })] as const),
    [listedLog([4]), listed(4, { place: placeOf(4, [4]) })],
    [listedLog(LISTED), listed(4)],
    [listedLog(LISTED), listed(4, { place: placeOf(5) })],
    [listedLog(LISTED), listed(4, { place, nonceOf: 5 })],
    [listedLog(LISTED), listed(4, { place: { ...place, index: place.index ^ 1 } })],
    [listedLog(LISTED), listed(4, { place: { ...place, index: place.size } })],
    [listedLog(LISTED), listed(4, { place: { ...place, path: place.path.slice(1) } })],
    [listedLog(LISTED.slice(1)), listed(4, { place })],
    [new SignedLog(goodLog(commitmentOf)), listed(4, { place })],
  ];
  for (const [log, receipt] of cases) {
    const proof = log.proof(CAMPAIGN);
    await writeFile(join(folder, 'listed'), receipt);
    const { code, said } = await ask(proof, join(folder, 'listed'));
    const { conclusion } = await verifyText(proof, { receipts: [parseReceipt(receipt)] });
    expect({ said, code }).toEqual({ said, code: CODES[conclusion] });
  }
});

it('takes no opening that the verifier does not take', async () => {
  const proof = listedLog(LISTED).proof(CAMPAIGN);
  const told = JSON.parse(listed(4, { place: placeOf(4) })) as Readonly<Record<string, unknown>>;
  for (const wrong of [{ userId: '01004' }, { userId: '1004 ' }, { nonce: 'AAAA' }]) {
    const receipt = JSON.stringify({ ...told, ...wrong });
    expect(() => parseReceipt(receipt)).toThrow();
    await writeFile(join(folder, 'opening'), receipt);
    expect((await ask(proof, join(folder, 'opening'))).code).toBe(2);
  }
});

it('takes a promise to be due as the verifier does, whatever the log says afterwards', async () => {
  const upTo = goodLog(commitmentOf).slice(0, 14);
  const log = (delayMs: number, atMs: number) =>
    `${LOG_LEAF.split(' ').slice(0, 3).join(' ')} ${delayMs} ${atMs}`;
  const [made, reached] = [1_764_099_000_000, 1_764_100_000_100];
  const kept = (createdAtMs: number) => promise({ arrivalNo: 5, epoch: 1, createdAtMs });
  /** Leaves, when the promise was made, and when witnesses saw the tree before the last leaf, and the whole. */
  const cases: readonly (readonly [readonly string[], number, readonly number[]])[] = [
    [upTo, made, []],
    [[...upTo, log(2 ** 53 - 1, reached)], made, []],
    [[...upTo, log(2 ** 53 - 1, made)], made, []],
    [upTo.toSpliced(1, 0, log(5_000_000, made - 1)), made, []],
    [upTo.toSpliced(1, 0, log(5_000_000, made + 1)), made, []],
    [[...upTo, log(2 ** 53 - 1, reached)], reached + 2_000, [reached + 1_000, reached + 300_000]],
    [[...upTo, log(2 ** 53 - 1, reached)], reached + 2_000, [reached + 9_000, reached + 300_000]],
  ];
  const codes = [];
  for (const [leaves, createdAtMs, times] of cases) {
    const signed = new SignedLog(leaves);
    const [first, last] = times.map((seenAtMs) => ({ seenAtMs }));
    const proof = signed.proof(CAMPAIGN, [
      ...(first ? [signed.checkpoint(upTo.length, first)] : []),
      signed.checkpoint(undefined, last),
    ]);
    await writeFile(join(folder, 'kept'), kept(createdAtMs));
    const { code, said } = await ask(proof, join(folder, 'kept'));
    const { receipts } = await verifyText(proof, { receipts: [parseReceipt(kept(createdAtMs))] });
    const isEvidence = receipts[0]?.name === 'not-in-the-log';
    expect({ said, code }).toEqual({ said, code: isEvidence ? 1 : 3 });
    codes.push(code);
  }
  expect(codes).toEqual([1, 1, 1, 3, 1, 3, 1]);
});

it('accuses nobody by a checkpoint that somebody else has forged', async () => {
  const log = new SignedLog(goodLog());
  await writeFile(
    join(folder, 'kept'),
    log.checkpoint(20).replace(/^(— test\.example\/log .*).{8}=$/m, '$1AAAAAAAA='),
  );
  expect(await ask(log.proof(CAMPAIGN), join(folder, 'kept'))).toMatchObject({ code: 3 });
});

describe('a policy', () => {
  const named = WITNESSES.map((key, n) => `witness w${n} ${formatVerifierKey(key)}`);
  const [w0 = ''] = named;
  const policies: Readonly<Record<string, readonly string[]>> = {
    none: ['quorum none'],
    'one witness': [...named, 'quorum w1'],
    'two of three': [...named, 'group g 2 w0 w1 w2', 'quorum g'],
    'any, and one more': [...named, 'group g any w0 w1', 'group h all g w2', 'quorum h'],
    'tabs and a comment': [...named, '\t# all', 'group\tg\tall w0 w1\tw2 ', ' quorum g'],
    'a witness twice': [...named, w0.replace('w0', 'w9'), 'quorum w0'],
    'a member twice': [...named, 'group g any w0 w1', 'group h any w0 g', 'quorum h'],
    'more than there are': [...named, 'group g 4 w0 w1 w2', 'quorum g'],
    'a threshold with a zero in front': [...named, 'group g 02 w0 w1 w2', 'quorum g'],
    'a threshold with a sign': [...named, 'group g +2 w0 w1 w2', 'quorum g'],
    'no quorum': named,
    'two quorums': [...named, 'quorum w0', 'quorum w0'],
    'a name that comes later': ['quorum w0', ...named],
    'another space': [...named, 'quorum\u00a0w0'],
  };

  it.each(Object.entries(policies))('means the same to both: %s', async (_, lines) => {
    const policy = `${lines.join('\n')}\n`;
    const file = join(folder, 'a.policy');
    await writeFile(file, policy);
    const log = new SignedLog(goodLog());
    for (let chosen = 0; chosen < 8; chosen++) {
      const witnesses = WITNESSES.filter((_, n) => (chosen & (1 << n)) !== 0);
      const proof = log.proof(CAMPAIGN, [log.checkpoint(undefined, { witnesses })]);
      const expected = await verifyText(proof, { policy }).then(
        ({ conclusion }) => CODES[conclusion],
        () => 2, // unusable
      );
      await writeFile(join(folder, 'a.proof'), proof);
      const { code, said } = await go.ask('-policy', file, join(folder, 'a.proof'));
      expect({ chosen, said, code }).toEqual({ chosen, said, code: expected });
    }
  });
});

it('finds nothing wrong with a log that was taken back, but that it was', async () => {
  await fc.assert(
    fc.asyncProperty(anyLoss, async (loss) => {
      const { twice, takenBackTwice } = setBackLogs(loss);
      const { code, said } = await ask(proofOf(twice));
      expect(said).not.toMatch(/rule \d/);
      expect({ said, code }).toEqual({ said, code: takenBackTwice.length > 0 ? 1 : 0 });
    }),
    { numRuns: 100 },
  );
}, 60_000);
