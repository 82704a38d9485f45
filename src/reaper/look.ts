import type { Campaign } from '../campaigns/campaign.entity.js';

/** A campaign whose turn it is, and what Postgres says there is to be done for it. */
export interface Look {
  readonly campaign: Campaign;
  readonly hasDuePayouts: boolean;
  /** Whether money came back of which the gate has not heard (`Reversals`). */
  readonly hasUntoldReversals: boolean;
}

/**
 * What a task has found:
 * - `nothing`: where there are many campaigns, this one may rest for a lease
 * - `something`: it is looked at again after REAPER_INTERVAL_MS
 * - `more`: the task's budget is used up; it is looked at again when others have had their turn
 */
export type Found = 'nothing' | 'something' | 'more';

/** One of the things that a reaper does for a campaign. It is bounded, whatever is left to do, and may fail: the others go on. */
export interface ReaperTask {
  /** For the log. */
  readonly name: string;
  perform(look: Look): Promise<Found>;
}
