import type { LeafOf } from '../formats/leaf.js';
import type { OutcomeLeaf } from './campaign-replay.js';

/** A claim as Postgres has it. */
export type FoundClaim = Pick<LeafOf<'claim'>, 'arrivalNo' | 'createdAtMs' | 'slot' | 'who'>;

/** A change of the terms that is not in the log yet. */
export type FoundState = LeafOf<'state'> & {
  /**
   * Whether it is known how far the old terms hold. It is not while a gate has yet to take this change or a later one.
   */
  readonly isTaken: boolean;
};

/** What is new of one campaign, all as of one snapshot of Postgres, but for outcomes, which may lag behind. */
export interface CampaignNews {
  readonly campaignId: string;
  /** By epoch. */
  readonly epochs: readonly LeafOf<'epoch'>[];
  /** By revision. */
  readonly states: readonly FoundState[];
  /** By arrival number: all that are durable from the next one of the log up to `completeUpTo`. */
  readonly claims: readonly FoundClaim[];
  readonly completeUpTo: number;
  /** No number beyond is logged yet, since a change of the terms is not known in full. */
  readonly claimsUpTo: number;
  /** Proposed leaves, in the order in which the changes were committed; those that were held back come first. */
  readonly outcomes: readonly OutcomeLeaf[];
  /** When the campaign was finished, if everything that came before is in here or in the log; otherwise null. */
  readonly finishedAtMs: number | null;
}
