import type { OutcomeLeaf } from './campaign-replay.js';
import type { Commitments } from './commitments.js';
import type { Outcome } from '../../changes/change-kinds.js';
import type { GrantFacts } from '../../changes/grant-facts.js';
import type { Person } from '../../changes/person.js';

/** What became of one person, and when. */
export interface FoundOutcome extends Person {
  readonly outcome: Outcome;
  readonly atMs: number;
}

/**
 * The leaf that says it. An outcome is final, so the rows say the same however much later they are read.
 * @returns a sentence when the rows do not bear the change out
 */
export function outcomeLeaf(
  { campaignId: campaign, arrivalNo, outcome, atMs }: FoundOutcome,
  grant: GrantFacts | null,
  commitments: Commitments,
): OutcomeLeaf | string {
  if (outcome === 'left' || outcome === 'ended') return { kind: outcome, campaign, arrivalNo, atMs };
  if (!grant) return `The person with arrival number ${arrivalNo} has no grant.`;
  const { slot, status, payoutState, reason } = grant;
  if (outcome === 'promoted') return { kind: 'promote', campaign, arrivalNo, slot, atMs };
  const reference = commitments.toReference(grant.reference ?? grant.operator);
  const about = { campaign, arrivalNo, slot, reference, atMs };
  if (outcome === 'paid' && (payoutState === 'SETTLED' || payoutState === 'REVERSED'))
    return { kind: 'paid', ...about };
  if (outcome === 'failed' && payoutState === 'REJECTED') return { kind: 'failed', ...about, reason };
  if (outcome === 'failed' && payoutState === 'REVOKED') return { kind: 'revoked', ...about };
  if (outcome === 'reversed' && payoutState === 'REVERSED')
    return { kind: 'reversed', ...about, effect: status === 'SUCCESS' ? 'keep' : 'regrant' };
  return `The grant with arrival number ${arrivalNo} is ${status}, and its payout is ${payoutState ?? 'missing'}.`;
}
