import fc from 'fast-check';
import type { LeafOf } from '../../../../src/transparency/formats/leaf.js';
import { formatLeaf } from '../../../../src/transparency/formats/leaf.js';
import type {
  CampaignNews,
  FoundClaim,
  FoundState,
} from '../../../../src/transparency/sequencer/campaign-news.js';
import {
  type CampaignLeaf,
  CampaignReplay,
  type OutcomeLeaf,
} from '../../../../src/transparency/sequencer/campaign-replay.js';
import { orderLeaves } from '../../../../src/transparency/sequencer/order-leaves.js';
import { CAMPAIGN, HASH, type Step, runCampaign } from './honest-campaign.js';

const campaign = CAMPAIGN;

function terms(capacity: number, waitingCapacity: number): LeafOf<'terms'> {
  return {
    ...{ kind: 'terms', campaign, capacity, waitingCapacity, amount: 10, currency: 'KRW' },
    ...{ opensAt: null, closesAt: null, reversalPolicy: 'regrant', eligibleRoot: null },
    ...{ keyCommitment: HASH, atMs: 1 },
  };
}

function replayOf(capacity: number, waitingCapacity: number): CampaignReplay {
  const replay = new CampaignReplay();
  replay.apply(terms(capacity, waitingCapacity));
  replay.apply({ kind: 'epoch', campaign, epoch: 1, lastArrivalNo: 0, atMs: 1 });
  return replay;
}

function news(given: Partial<CampaignNews>): CampaignNews {
  const completeUpTo = Math.max(0, ...(given.claims ?? []).map(({ arrivalNo }) => arrivalNo));
  return {
    ...{ campaignId: campaign, epochs: [], states: [], claims: [], completeUpTo },
    ...{ claimsUpTo: Infinity, outcomes: [], finishedAtMs: null, ...given },
  };
}

const claim = (arrivalNo: number, slot: number | null): FoundClaim => ({
  ...{ arrivalNo, slot },
  ...{ createdAtMs: 1, who: HASH },
});

const failed = (arrivalNo: number, slot: number): OutcomeLeaf => ({
  ...{ kind: 'failed', campaign, arrivalNo, slot },
  ...{ reason: 'wallet-closed', reference: null, atMs: 1 },
});

const paid = (arrivalNo: number, slot: number): OutcomeLeaf => ({
  ...{ kind: 'paid', campaign, arrivalNo, slot, reference: null, atMs: 1 },
});

const promote = (arrivalNo: number, slot: number): OutcomeLeaf => ({
  ...{ kind: 'promote', campaign, arrivalNo, slot, atMs: 1 },
});

function state(revision: number, to: string, afterArrivalNo: number | null, isTaken = true): FoundState {
  return {
    ...{ kind: 'state', campaign, revision, state: to, opensAt: null, closesAt: null },
    ...{ waitingCapacity: 1, afterArrivalNo, reference: null, atMs: 1, isTaken },
  };
}

/** The leaves without what is the same in all. */
const brief = (leaves: readonly CampaignLeaf[]): string[] =>
  leaves.map((leaf) => {
    if (leaf.kind === 'claim') return `claim ${leaf.arrivalNo} ${leaf.slot ?? '-'}`;
    if (leaf.kind === 'lost') return `lost ${leaf.epoch} ${leaf.from} ${leaf.to}`;
    if (leaf.kind === 'state') return `state ${leaf.revision}`;
    return 'arrivalNo' in leaf ? `${leaf.kind} ${leaf.arrivalNo}` : leaf.kind;
  });

describe('The order of leaves', () => {
  it('puts claims in order of arrival, and what became of people after them', () => {
    const found = orderLeaves(
      replayOf(3, 1),
      news({ claims: [claim(1, 1), claim(2, 2)], outcomes: [paid(1, 1)] }),
    );
    expect(brief(found.leaves)).toEqual(['claim 1 1', 'claim 2 2', 'paid 1']);
  });

  it('puts whoever frees a slot before the claim that takes it', () => {
    const outcomes = [failed(1, 1), paid(2, 1)];
    const found = orderLeaves(replayOf(1, 0), news({ claims: [claim(1, 1), claim(2, 1)], outcomes }));
    expect(brief(found.leaves)).toEqual(['claim 1 1', 'full 1', 'failed 1', 'claim 2 1', 'full 2', 'paid 2']);
  });

  it('says that it is full directly after the claim that took the last place', () => {
    const found = orderLeaves(replayOf(1, 1), news({ claims: [claim(1, 1), claim(2, null)] }));
    expect(brief(found.leaves)).toEqual(['claim 1 1', 'claim 2 -', 'full 2']);
  });

  it('holds a claim back until the feed shows what made room for it', () => {
    const replay = replayOf(1, 0);
    const claims = [claim(1, 1), claim(2, 1)];
    const early = orderLeaves(replay, news({ claims }));
    expect(brief(early.leaves)).toEqual(['claim 1 1', 'full 1']);
    expect(early.unjustified?.refusal).toBe('The slot is not free.');
    const late = orderLeaves(replay, news({ claims, outcomes: [failed(1, 1)] }));
    expect(brief(late.leaves)).toEqual(['failed 1', 'claim 2 1', 'full 2']);
    expect(late.unjustified).toBeNull();
  });

  it('holds a promotion back until those who came earlier are out of the line', () => {
    const replay = replayOf(2, 2);
    const claims = [claim(1, 1), claim(2, 2), claim(3, null), claim(4, null)];
    orderLeaves(replay, news({ claims }));
    const early = orderLeaves(replay, news({ outcomes: [failed(1, 1), failed(2, 2), promote(4, 2)] }));
    expect(brief(early.leaves)).toEqual(['failed 1', 'failed 2']);
    expect(early.unjustified?.refusal).toBe('Somebody waits who came earlier.');
    const late = orderLeaves(replay, news({ outcomes: [...early.held, promote(3, 1)] }));
    expect(brief(late.leaves)).toEqual(['promote 3', 'promote 4']);
  });

  it('has a payment imply a promotion that nobody recorded', () => {
    const replay = replayOf(1, 1);
    const claims = [claim(1, 1), claim(2, null)];
    const { leaves } = orderLeaves(replay, news({ claims, outcomes: [failed(1, 1), paid(2, 1)] }));
    expect(brief(leaves).slice(3)).toEqual(['failed 1', 'promote 2', 'paid 2']);
  });

  it('waits for a missing number, and calls it lost only once a rebuild came after it', () => {
    const replay = replayOf(5, 0);
    const claims = [claim(1, 1), claim(4, 2)];
    expect(brief(orderLeaves(replay, news({ claims })).leaves)).toEqual(['claim 1 1']);
    const rebuilt = (epoch: number, lastArrivalNo: number) =>
      ({ kind: 'epoch', campaign, epoch, lastArrivalNo, atMs: 2 }) as const;
    const epochs = [rebuilt(2, 2), rebuilt(4, 4)];
    expect(brief(orderLeaves(replay, news({ claims, epochs })).leaves)).toEqual([
      ...['epoch', 'epoch', 'lost 2 2 2', 'lost 4 3 3', 'claim 4 2'],
    ]);
  });

  it('does not call a number a contradiction that is only missing', () => {
    const found = orderLeaves(replayOf(5, 0), news({ claims: [claim(2, 2)], outcomes: [paid(2, 2)] }));
    expect([found.leaves, found.unjustified]).toEqual([[], null]);
  });

  it('puts a pause where the gate took it, and no claim after it while it holds', () => {
    const replay = replayOf(5, 1);
    const claims = [claim(1, 1), claim(2, 2), claim(3, 3)];
    const states = [state(2, 'PAUSED', 2)];
    const paused = orderLeaves(replay, news({ claims, states }));
    expect(brief(paused.leaves)).toEqual(['claim 1 1', 'claim 2 2', 'state 2']);
    expect(paused.unjustified?.refusal).toBe('The campaign takes no claims.');
    const reopened = orderLeaves(replay, news({ claims, states: [state(3, 'OPEN', 2)] }));
    expect(brief(reopened.leaves)).toEqual(['state 3', 'claim 3 3']);
  });

  it('holds all claims back while no gate has taken a change, or the feed does not show it', () => {
    const replay = replayOf(5, 1);
    const claims = [claim(1, 1)];
    for (const given of [{ states: [state(2, 'PAUSED', null, false)] }, { claimsUpTo: 0 }]) {
      const found = orderLeaves(replay, news({ claims, ...given }));
      expect([found.leaves, found.unjustified]).toEqual([[], null]);
    }
  });

  it('ends a campaign once everything else is in the log', () => {
    const replay = replayOf(1, 0);
    const early = orderLeaves(replay, news({ claims: [claim(1, 1)], finishedAtMs: 9 }));
    expect(early.endIsDue).toBe(true);
    const late = orderLeaves(replay, news({ outcomes: [paid(1, 1)], finishedAtMs: 9 }));
    expect(late.leaves.map(formatLeaf).at(-1)).toBe(`v1 end ${campaign} 1 1 0 0 0 9`);
    expect(late.endIsDue).toBe(false);
  });

  it('takes every honest history to the same end, whatever is seen first', () => {
    const step: fc.Arbitrary<Step> = fc.record({
      what: fc.constantFrom('claim', 'claim', 'claim', 'pay', 'fail', 'leave', 'reverse'),
      who: fc.nat(20),
    });
    const drawn = fc.record({
      capacity: fc.integer({ min: 1, max: 4 }),
      line: fc.nat(3),
      steps: fc.array(step, { maxLength: 60 }),
      looks: fc.array(fc.record({ claims: fc.nat(12), outcomes: fc.nat(12), swap: fc.nat(12) }), {
        maxLength: 20,
      }),
    });
    fc.assert(
      fc.property(drawn, ({ capacity, line, steps, looks }) => {
        const { claims, outcomes } = runCampaign(capacity, line, steps);
        const replay = replayOf(capacity, line);
        let seenClaims = 0;
        let seenOutcomes = 0;
        let held: readonly OutcomeLeaf[] = [];
        const all: CampaignLeaf[] = [];
        for (const look of [...looks, { claims: Infinity, outcomes: Infinity, swap: 3 }]) {
          seenClaims = Math.min(claims.length, seenClaims + look.claims);
          const fresh: OutcomeLeaf[] = outcomes.slice(seenOutcomes, seenOutcomes + look.outcomes);
          seenOutcomes += fresh.length;
          fresh.push(...fresh.splice(0, look.swap)); // transactions commit in another order than they began
          const seen = { claims: claims.slice(0, seenClaims), outcomes: [...held, ...fresh] };
          const ordered = orderLeaves(replay, news(seen));
          held = ordered.held;
          all.push(...ordered.leaves);
        }
        expect(held).toEqual([]);
        expect(all.filter(({ kind }) => kind !== 'full')).toHaveLength(claims.length + outcomes.length);
        expect(all.flatMap((leaf) => (leaf.kind === 'claim' ? [leaf.arrivalNo] : []))).toEqual(
          claims.map(({ arrivalNo }) => arrivalNo),
        );
        const again = replayOf(capacity, line);
        const replayed = (on: CampaignReplay, leaves: readonly CampaignLeaf[]): CampaignReplay => {
          for (const leaf of leaves) {
            expect(on.justify(leaf)).toBeNull();
            on.apply(leaf);
          }
          return on;
        };
        const half = Math.floor(all.length / 2);
        const copy = replayed(again, all.slice(0, half)).copy();
        replayed(again, all.slice(half));
        expect(copy).toEqual(replayed(replayOf(capacity, line), all.slice(0, half)));
        expect(replayed(copy, all.slice(half))).toEqual(again);
      }),
      { numRuns: 500 },
    );
  });
});
