import type { EndedGrant } from './ended-grants.js';

/** A campaign in which something may be due. */
export interface Due {
  readonly campaignId: string;
  /** Once aborted, no more payouts are taken. */
  readonly stopping: AbortSignal;
  /**
   * R21: awaited before anything that is due is read, so that a ring which comes later stands for what is missed. May
   * be called again, and then changes nothing.
   */
  readonly begin: () => Promise<unknown>;
}

/** The result of `payDue`. */
export interface Paid {
  /** The grants whose payout has ended; committed. */
  readonly ended: readonly EndedGrant[];
  /** The pause in ms before the next call, since more may be due; null: no call before the next ring. */
  readonly againInMs: number | null;
}

/** Pays grants, each once. */
export abstract class Payouts {
  /**
   * R21: takes from Postgres what is due in a campaign, in order of arrival, and pays it: one bounded batch, skipping
   * what other processes are working on. A payout whose outcome stays unknown remains in doubt, and is not a failure.
   * @throws the driver's error when Postgres can't be asked and nobody was paid; try again
   */
  abstract payDue(due: Due): Promise<Paid>;
}
