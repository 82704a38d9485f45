import { utf8 } from '../../../src/transparency/formats/bytes.js';
import { COSIGNATURE, formatVerifierKey, makeSignerKey } from '../../../src/transparency/formats/note-key.js';
import { checkLog } from '../../../verification/verifier/verdict/check-log.js';
import { nameLeaves } from '../../../verification/verifier/verdict/name-leaves.js';
import { CAMPAIGN, goodLog, SEEN_BEFORE_OPENING_MS } from '../../support/log-kit/good-log.js';
import { LEAF_MUTANTS } from '../../support/log-kit/log-mutants.js';
import { LOG_KEY, POLICY, SignedLog, WITNESSES } from '../../support/log-kit/signed-log.js';
import { namesIn, NOTHING, openText, verifyText } from '../../support/log-kit/verify-text.js';

const good = new SignedLog(goodLog());

/** The proof of other leaves under the checkpoints of the good log. */
function withCheckpointsOf(signed: SignedLog, leaves: readonly string[]): string {
  return new SignedLog(leaves).proof(CAMPAIGN, [signed.checkpoint()]);
}

/** The proof of leaves that the operator has signed: their terms before the opening, and all at the end. */
function signedAgain(leaves: readonly string[]): string {
  const signed = new SignedLog(leaves);
  const terms = leaves.findIndex((leaf) => leaf.startsWith('v1 terms ten-won ')) + 1;
  const early = signed.checkpoint(terms, { seenAtMs: SEEN_BEFORE_OPENING_MS });
  return signed.proof(CAMPAIGN, [early, signed.checkpoint()]);
}

function edited(change: (leaves: string[]) => void): string[] {
  const leaves = [...good.leaves];
  change(leaves);
  return leaves;
}

describe('a mutant of a log', () => {
  it('is needed for a verdict: the log as it is breaks no rule', async () => {
    expect(namesIn(await verifyText(signedAgain(good.leaves)))).toEqual([]);
  });

  describe.each(LEAF_MUTANTS)('$name', ({ change, rule }) => {
    it('has another root, when nobody has signed it', async () => {
      const verdict = await verifyText(withCheckpointsOf(good, edited(change)));
      expect(verdict.conclusion).toBe('violated');
      expect(verdict.violations.map(({ name }) => name)).toContain('root-differs');
    });

    it(`is called ${rule}, when the operator has signed it`, async () => {
      const verdict = await verifyText(signedAgain(edited(change)));
      expect(namesIn(verdict)).toContain(rule);
      expect(namesIn(verdict)).not.toContain('root-differs');
    });
  });

  it('names the leaves, and tells the text of each', async () => {
    const leaves = edited(
      LEAF_MUTANTS.find(({ rule }) => rule === 'slot-is-free')?.change ?? (() => undefined),
    );
    const open = () => openText(new SignedLog(leaves).proof(CAMPAIGN));
    const verdict = await nameLeaves(await checkLog(await open(), NOTHING), open);
    const told = verdict.campaigns[0]?.violations.find(({ name }) => name === 'slot-is-free');
    const index = leaves.findIndex((leaf) => leaf.startsWith('v1 claim ten-won 1 2 '));
    expect(told?.findings[0]?.leaves).toEqual([
      { index: index - 1, text: leaves[index - 1] },
      { index, text: leaves[index] },
    ]);
  });
});

describe('a history', () => {
  const otherAmount = new SignedLog(
    edited((leaves) => {
      const at = leaves.findIndex((leaf) => leaf.startsWith('v1 terms ten-won'));
      leaves[at] = leaves[at]?.replace(' 10 KRW', ' 11 KRW') ?? '';
    }),
  );

  it('that was shown to a second person is seen by the checkpoint of the first', async () => {
    const verdict = await verifyText(otherAmount.proof(CAMPAIGN), { also: [good.checkpoint(20)] });
    expect(namesIn(verdict)).toContain('two-histories');
    expect(verdict.conclusion).toBe('violated');
  });

  it('whose terms were changed later does not continue what witnesses saw', async () => {
    const verdict = await verifyText(
      otherAmount.proof(CAMPAIGN, [good.checkpoint(20), otherAmount.checkpoint()]),
    );
    expect(namesIn(verdict)).toContain('two-histories');
  });

  it('that was cosigned by too few is not proven', async () => {
    const proof = good.proof(CAMPAIGN, [good.checkpoint(undefined, { witnesses: WITNESSES.slice(1, 2) })]);
    expect(await verifyText(proof)).toMatchObject({
      conclusion: 'not-proven',
      reasons: ['too-few-witnesses'],
    });
  });

  it('that ends with a time after witnesses saw it is remarked', async () => {
    const verdict = await verifyText(
      good.proof(CAMPAIGN, [good.checkpoint(undefined, { seenAtMs: SEEN_BEFORE_OPENING_MS })]),
    );
    expect(namesIn(verdict)).toContain('time-after-it-was-seen');
    expect(verdict.conclusion).toBe('proven');
  });

  it('whose claims were logged long after their time is remarked', async () => {
    const early = good.checkpoint(12, { seenAtMs: 1_764_100_900_000 });
    const verdict = await verifyText(
      good.proof(CAMPAIGN, [early, good.checkpoint(undefined, { seenAtMs: 1_764_100_990_000 })]),
    );
    expect(namesIn(verdict)).toContain('claim-logged-late');
  });
});

describe('a checkpoint that the reader got elsewhere', () => {
  const forged = (by: string): string =>
    good
      .checkpoint(20)
      .split('\n')
      .map((line) => (line.startsWith(`— ${by} `) ? `${line.slice(0, -8)}AAAAAAA=` : line))
      .join('\n');

  it('accuses nobody if the signature of the log is forged', async () => {
    const verdict = await verifyText(good.proof(CAMPAIGN), { also: [forged(LOG_KEY.name)] });
    expect(verdict).toMatchObject({ conclusion: 'not-proven', reasons: ['not-compared'], violations: [] });
  });

  it('is compared whatever was forged below the signature of the log', async () => {
    const also = [forged(WITNESSES[0]?.name ?? '')];
    expect(await verifyText(good.proof(CAMPAIGN), { also })).toMatchObject({
      ...{ conclusion: 'proven', violations: [] },
    });
    expect(
      namesIn(await verifyText(signedAgain(edited((leaves) => leaves.splice(3, 1))), { also })),
    ).toContain('two-histories');
  });
});

describe('a signature', () => {
  it('by another key is none', async () => {
    const stranger = makeSignerKey(LOG_KEY.name, new Uint8Array(32).fill(9));
    const proof = good.proof(CAMPAIGN, [good.checkpoint(undefined, { key: stranger })]);
    expect(await verifyText(proof)).toMatchObject({ conclusion: 'not-proven', reasons: ['not-signed'] });
  });

  it('is judged by the key that the reader brings', async () => {
    const stranger = makeSignerKey(LOG_KEY.name, new Uint8Array(32).fill(9));
    const verdict = await verifyText(good.proof(CAMPAIGN), { key: formatVerifierKey(stranger) });
    expect(verdict).toMatchObject({
      conclusion: 'not-proven',
      reasons: ['not-signed'],
      notes: ['policy-from-the-source'],
    });
  });

  it('that was made for something else does not hold', async () => {
    const [text = '', signatures = ''] = good.checkpoint().split('\n\n');
    const [own = ''] = good.checkpoint(20).split('\n\n')[1]?.split('\n') ?? [];
    const note = `${text}\n\n${[own, ...signatures.split('\n').slice(1)].join('\n')}`;
    expect(namesIn(await verifyText(good.proof(CAMPAIGN, [note])))).toContain('signature-wrong');
  });

  it('of a witness that was forged is named', async () => {
    const forger = { ...makeSignerKey('witness-3.example', new Uint8Array(32).fill(8), COSIGNATURE) };
    const witness = { ...forger, id: WITNESSES[0]?.id ?? utf8('') };
    const proof = good.proof(CAMPAIGN, [
      good.checkpoint(undefined, { witnesses: [witness, ...WITNESSES.slice(1)] }),
    ]);
    const verdict = await verifyText(proof, { policy: POLICY });
    expect(namesIn(verdict)).toEqual(expect.arrayContaining(['cosignature-wrong']));
    expect(verdict.violations[0]?.findings[0]?.expected).toBe('w0');
  });
});

describe('a proof', () => {
  it.each([null, formatVerifierKey(LOG_KEY)])(
    'of a log with another name is not judged by %s',
    async (key) => {
      const proof = good.proof(CAMPAIGN).replace('{"origin":"test.', '{"origin":"another.');
      await expect(verifyText(proof, { key })).rejects.toThrow(
        'The proof is of the log another.example/log, and the key of test.example/log.',
      );
    },
  );

  it('that hides leaves within the campaign is called so', async () => {
    const lines = good.proof(CAMPAIGN).split('\n');
    const at = lines.findIndex((line) => line.startsWith('l v1 claim ten-won 1 3 '));
    lines[at] = `n 0 ${hashOfLeaf(lines[at]?.slice(2) ?? '')}`;
    const verdict = await verifyText(lines.join('\n'));
    expect(namesIn(verdict)).toContain('hidden-range');
    expect(namesIn(verdict)).not.toContain('root-differs');
  });
});

function hashOfLeaf(leaf: string): string {
  return Buffer.from(new SignedLog([leaf]).root()).toString('base64');
}
