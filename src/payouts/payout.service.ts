import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Metrics } from '../metrics/metrics.js';
import { PAYOUT_PORT, type PayoutOutcome, type PayoutPort } from './payout-port.js';
import { type EndedGrant, lockPending, readEnded, recordOutcomes } from './payout.store.js';

/** Pays grants, each once. */
@Injectable()
export class PayoutService {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(PAYOUT_PORT) private readonly port: PayoutPort,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Pays those of `userIds` that are still PENDING, all in one transaction: the campaign's account is a row that every
   * payout wants, so it is better wanted once for hundreds than hundreds of times.
   * @returns those of `userIds` whose payout has ended, by this call or before it; committed
   * @throws the driver's or the adapter's error when nothing was done; try again
   */
  async pay(campaignId: string, userIds: readonly string[]): Promise<EndedGrant[]> {
    const outcomes = await this.source.transaction(async (transaction): Promise<readonly PayoutOutcome[]> => {
      const orders = await lockPending(transaction, campaignId, userIds);
      if (orders.length === 0) return [];
      const paid = await this.port.pay(orders, transaction);
      await recordOutcomes(transaction, orders, paid);
      return paid;
    });
    for (const { state } of outcomes)
      this.metrics.payouts.inc({ campaign: campaignId, outcome: state.toLowerCase() });
    return readEnded(this.source, campaignId, userIds);
  }
}
