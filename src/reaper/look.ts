import type { Campaign } from '../campaigns/campaign.entity.js';

/** A campaign to look at, and what Postgres says there is to do for it. */
export interface Look {
  readonly campaign: Campaign;
  readonly hasDuePayouts: boolean;
  /** Whether money came back and the gate has not been told (`Reversals`). */
  readonly hasUntoldReversals: boolean;
}

/**
 * What a task has found:
 * - `nothing`: among many campaigns, this one may rest for a lease
 * - `something`: it is looked at again after REAPER_INTERVAL_MS
 * - `more`: the task's budget is used up; it is looked at again when others have had their turn
 */
export type Found = 'nothing' | 'something' | 'more';

/**
 * One of the tasks of a look at a campaign. It is bounded, whatever is left to do, and may fail: the others still run.
 */
export interface ReaperTask {
  /** For the log. */
  readonly name: string;
  perform(look: Look): Promise<Found>;
}
