import type { EndedGrant } from './ended-grants.js';

/** What came of a call of `payDue`. */
export interface Paid {
  /** Those whose payout has come to its end; committed. */
  readonly ended: readonly EndedGrant[];
  /** After how many ms to call again, since more may be due; null: not before somebody rings. */
  readonly againInMs: number | null;
}

/** Pays grants, each once. How is a matter of configuration: PAYOUT_PROVIDER. */
export abstract class Payouts {
  /**
   * R21: takes from Postgres what is due of a campaign, in order of arrival, and pays it: one bounded batch, past what others
   * are at. Who is in doubt is left so, and is no failure.
   * @param stopping takes on no more once it is aborted
   * @throws the driver's error when Postgres can't be asked, and nobody was paid; try again
   */
  abstract payDue(campaignId: string, stopping: AbortSignal): Promise<Paid>;
}
