import type { EndedGrant } from './ended-grants.js';

/** What came of a call of `pay`. */
export interface Paid {
  /** Those whose payout has come to its end, by this call or before it; committed. */
  readonly ended: readonly EndedGrant[];
  /** How many could not be tried now, because the provider takes no more or we are stopping. */
  readonly left: number;
}

/** Pays grants, each once. How is a matter of configuration: PAYOUT_PROVIDER. */
export abstract class Payouts {
  /**
   * Pays those of `userIds` that are PENDING. Who is in doubt is left so, and is no failure.
   * @param stopping takes on no more once it is aborted
   * @throws the driver's error when Postgres can't be asked; try again
   */
  abstract pay(campaignId: string, userIds: readonly string[], stopping: AbortSignal): Promise<Paid>;
}
