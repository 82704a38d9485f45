import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Metrics } from '../../metrics/metrics.js';
import { type EndedGrant, readEnded } from '../ended-grants.js';
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
    const paid = await this.payPending(campaignId, userIds);
    for (const [status, outcome] of OUTCOMES) {
      const count = paid.filter((grant) => grant.status === status).length;
      if (count > 0) this.metrics.payouts.inc({ campaign: campaignId, outcome }, count);
    }
    const known = new Set(paid.map(({ userId }) => userId));
    const others = userIds.filter((userId) => !known.has(userId));
    if (others.length === 0) return { ended: paid, left: 0 };
    return { ended: [...paid, ...(await readEnded(this.source, campaignId, others))], left: 0 };
  }

  private payPending(campaignId: string, userIds: readonly string[]): Promise<EndedGrant[]> {
    return this.source.transaction(async (transaction) => {
      const orders = await lockPending(transaction, campaignId, userIds);
      if (orders.length === 0) return [];
      return recordOutcomes(transaction, orders, await this.port.pay(orders, transaction));
    });
  }
}

const OUTCOMES = [
  ['SUCCESS', 'settled'],
  ['FAILED', 'rejected'],
] as const;
