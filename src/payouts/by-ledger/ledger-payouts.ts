import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Metrics } from '../../metrics/metrics.js';
import { readEnded } from '../ended-grants.js';
import type { PayoutOutcome } from '../payout-port.js';
import { type Paid, Payouts } from '../payouts.js';
import { LedgerPort } from './ledger-port.js';
import { lockPending, recordOutcomes } from './pending-grants.js';

/**
 * Pays from the ledger in our own Postgres, all grants of a call in one transaction: the campaign's account is a row that
 * every payout wants, so it is better wanted once for hundreds than hundreds of times.
 */
@Injectable()
export class LedgerPayouts extends Payouts {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly port: LedgerPort,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  async pay(campaignId: string, userIds: readonly string[]): Promise<Paid> {
    const outcomes = await this.source.transaction(async (transaction): Promise<readonly PayoutOutcome[]> => {
      const orders = await lockPending(transaction, campaignId, userIds);
      if (orders.length === 0) return [];
      const paid = await this.port.pay(orders, transaction);
      await recordOutcomes(transaction, orders, paid);
      return paid;
    });
    for (const state of ['SETTLED', 'REJECTED'] as const) {
      const count = outcomes.filter((outcome) => outcome.state === state).length;
      if (count > 0) this.metrics.payouts.inc({ campaign: campaignId, outcome: state.toLowerCase() }, count);
    }
    return { ended: await readEnded(this.source, campaignId, userIds), left: 0 };
  }
}
