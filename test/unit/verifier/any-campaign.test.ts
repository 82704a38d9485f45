import fc from 'fast-check';
import type { Verdict } from '../../../verification/verifier/verdict/verdict.js';
import { anyCampaign, logOf } from '../../support/log-kit/random-campaign.js';
import { SignedLog } from '../../support/log-kit/signed-log.js';
import { namesIn, verifyText } from '../../support/log-kit/verify-text.js';

const FEW = { numRuns: 60 };

/** Signed by nobody but the log: witnesses and their times are tested elsewhere, and cost most of the time. */
function check(leaves: readonly string[]): Promise<Verdict> {
  const log = new SignedLog(leaves);
  return verifyText(log.proof('any', [log.checkpoint(undefined, { witnesses: [] })]), {
    policy: 'quorum none\n',
  });
}

async function seen(leaves: readonly string[]): Promise<boolean> {
  return (await check(leaves)).conclusion === 'violated';
}

/** Kind of a leaf. */
function kindOf(leaf: string): string {
  return leaf.split(' ')[1] ?? '';
}

/** A log, and one of its leaves besides that of the log itself. */
const anyLeaf = anyCampaign.chain((campaign) => {
  const leaves = logOf(campaign);
  return fc.record({ leaves: fc.constant(leaves), at: fc.integer({ min: 1, max: leaves.length - 1 }) });
});

describe('any honest campaign', () => {
  it('is proven', async () => {
    await fc.assert(
      fc.asyncProperty(anyCampaign, async (campaign) => {
        const verdict = await check(logOf(campaign));
        expect(namesIn(verdict).filter((name) => name !== 'terms-after-opening')).toEqual([]);
        expect(verdict.conclusion).toBe('proven');
      }),
      { numRuns: 150 },
    );
  });
});

describe('one edit of a campaign that its operator has signed', () => {
  it('is seen when a leaf is told twice', async () => {
    await fc.assert(
      fc.asyncProperty(anyLeaf, async ({ leaves, at }) => {
        expect(await seen(leaves.toSpliced(at, 0, leaves[at] ?? ''))).toBe(true);
      }),
      FEW,
    );
  });

  // What nothing else in the campaign rests on can be left out: the end of a log (it still runs), a rebuild or a change
  // that had no effect. An earlier checkpoint shows these too.
  it('is seen when a leaf is left out, unless it had no effect or nothing followed', async () => {
    await fc.assert(
      fc.asyncProperty(anyLeaf, async ({ leaves, at }) => {
        const left = leaves.toSpliced(at, 1);
        if (await seen(left)) return;
        expect(['state', 'epoch', 'end']).toContain(kindOf(leaves[at] ?? ''));
      }),
      FEW,
    );
  });

  // Things that happened to different people can change places. Whoever was paid still was, with the same slot.
  it('is seen when two neighbours change places, unless nobody gets anything else', async () => {
    await fc.assert(
      fc.asyncProperty(anyLeaf, async ({ leaves, at }) => {
        const [one, other] = [leaves[at - 1] ?? '', leaves[at] ?? ''];
        const swapped = leaves.with(at - 1, other).with(at, one);
        if (await seen(swapped)) return;
        expect([kindOf(one), kindOf(other)]).not.toContain('terms');
        expect([kindOf(one), kindOf(other)].every((kind) => kind === 'claim')).toBe(false);
        const [before, after] = [(await check(leaves)).campaigns[0], (await check(swapped)).campaigns[0]];
        expect(after?.counts).toEqual(before?.counts);
        expect(after?.picture?.stretches).toEqual(before?.picture?.stretches);
      }),
      FEW,
    );
  });

  // Nobody can see that a time was moved as long as the order and the witnesses' times allow it, nor that an amount, a
  // reason, a reference or a commitment was another one from the beginning: what a leaf says of the world is not in it.
  it('is seen when another person, slot or gate is named', async () => {
    const named: Readonly<Record<string, readonly number[]>> = {
      ...{
        claim: [3, 4, 6],
        promote: [3, 4],
        paid: [3, 4],
        failed: [3, 4],
        revoked: [3, 4],
        reversed: [3, 4],
      },
      ...{ full: [3, 4], left: [3], ended: [3], lost: [3, 4, 5], end: [3, 4, 5, 6, 7] },
    };
    await fc.assert(
      fc.asyncProperty(anyLeaf, fc.nat(4), fc.constantFrom(-1, 1), async ({ leaves, at }, nth, by) => {
        const fields = (leaves[at] ?? '').split(' ');
        const places = named[kindOf(leaves[at] ?? '')] ?? [];
        const place = places[nth % places.length];
        fc.pre(place !== undefined && fields[place] !== '-');
        const edited = fields.with(place, String(Number(fields[place]) + by)).join(' ');
        expect(await seen(leaves.with(at, edited))).toBe(true);
      }),
      FEW,
    );
  });
});
