import type { FoundClaim } from '../../../../src/transparency/sequencer/campaign-news.js';
import type { OutcomeLeaf } from '../../../../src/transparency/sequencer/campaign-replay.js';

export const CAMPAIGN = 'spring';
export const HASH = `${'A'.repeat(43)}=`;

/** What happens next, drawn by a test. `who` counts those to whom it can happen, round and round. */
export interface Step {
  readonly what: 'claim' | 'pay' | 'fail' | 'leave' | 'reverse';
  readonly who: number;
}

export interface History {
  readonly claims: readonly FoundClaim[];
  /** In the order in which they happened; each with how many claims had been made by then. */
  readonly outcomes: readonly (OutcomeLeaf & { readonly claimsBefore: number })[];
}

/** A campaign as the service runs it, without a database: who holds what, by the gate's rules (R5, R7). */
export function runCampaign(capacity: number, lineCapacity: number, steps: readonly Step[]): History {
  const claims: FoundClaim[] = [];
  const outcomes: (OutcomeLeaf & { claimsBefore: number })[] = [];
  const free = Array.from({ length: capacity }, (_, index) => index + 1);
  const line: number[] = [];
  const holders = new Map<number, number>();
  const paid = new Map<number, number>();

  const tell = (outcome: OutcomeLeaf): void => {
    outcomes.push({ ...outcome, claimsBefore: claims.length });
  };
  const passOn = (slot: number): void => {
    const head = line.shift();
    if (head === undefined) {
      free.unshift(slot);
      return;
    }
    holders.set(head, slot);
    tell({ kind: 'promote', campaign: CAMPAIGN, arrivalNo: head, slot, atMs: 1 });
  };
  for (const { what, who } of steps) perform(what, who);
  return { claims, outcomes };

  function perform(what: Step['what'], who: number): void {
    const arrivalNo = claims.length + 1;
    const held = [...holders.keys()];
    const holder = held[who % held.length];
    if (what === 'claim') {
      const slot = line.length === 0 ? free.shift() : undefined;
      if (slot === undefined && line.length >= lineCapacity) return;
      claims.push({ arrivalNo, createdAtMs: 1, slot: slot ?? null, who: HASH });
      if (slot === undefined) line.push(arrivalNo);
      else holders.set(arrivalNo, slot);
    } else if (what === 'leave') {
      const [left] = line.splice(who % Math.max(1, line.length), 1);
      if (left !== undefined) tell({ kind: 'left', campaign: CAMPAIGN, arrivalNo: left, atMs: 1 });
    } else if (what === 'reverse') {
      const [back] = [...paid].slice(who % Math.max(1, paid.size));
      if (!back) return;
      paid.delete(back[0]);
      tell({
        ...{ kind: 'reversed', campaign: CAMPAIGN, arrivalNo: back[0], slot: back[1] },
        ...{ effect: 'regrant', reference: null, atMs: 1 },
      });
      passOn(back[1]);
    } else if (holder !== undefined) {
      const slot = holders.get(holder) ?? 0;
      holders.delete(holder);
      const about = { campaign: CAMPAIGN, arrivalNo: holder, slot, reference: null, atMs: 1 };
      if (what === 'pay') {
        paid.set(holder, slot);
        tell({ kind: 'paid', ...about });
      } else {
        tell({ kind: 'failed', reason: 'wallet-closed', ...about });
        passOn(slot);
      }
    }
  }
}
