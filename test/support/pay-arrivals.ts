import type { DataSource } from 'typeorm';
import { LedgerAdapter } from '../../src/payouts/by-ledger/ledger-adapter.js';
import { type Arrivals, pullPending, recordOutcomes } from '../../src/payouts/by-ledger/pending-grants.js';
import type { EndedGrant } from '../../src/payouts/ended-grants.js';

const port = new LedgerAdapter();

/** Runs one transaction of payouts from the ledger, as a worker does, over the first `limit` of these arrivals. */
export function payArrivals(
  source: DataSource,
  campaignId: string,
  arrivals: Arrivals,
  limit: number,
): Promise<EndedGrant[]> {
  return source.transaction(async (transaction) => {
    const orders = await pullPending(transaction, campaignId, arrivals, limit);
    if (orders.length === 0) return [];
    return recordOutcomes(transaction, orders, await port.pay(orders, transaction));
  });
}
