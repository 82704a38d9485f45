import type { DataSource } from 'typeorm';
import { type Arrivals, payPulled, pullPending } from '../../src/payouts/by-ledger/pending-grants.js';
import type { EndedGrant } from '../../src/payouts/ended-grants.js';

/** Runs one transaction of payouts from the ledger, as a worker does, over the first `limit` of these arrivals. */
export function payArrivals(
  source: DataSource,
  campaignId: string,
  arrivals: Arrivals,
  limit: number,
): Promise<EndedGrant[]> {
  return source.transaction(async (transaction) => {
    const grants = await pullPending(transaction, [campaignId], arrivals, limit);
    return grants.length === 0 ? [] : payPulled(transaction, grants);
  });
}
