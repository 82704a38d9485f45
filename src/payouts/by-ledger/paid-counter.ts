import { Injectable } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/metrics.js';
import type { EndedGrant } from '../ended-grants.js';

const OUTCOMES = [
  ['SUCCESS', 'settled'],
  ['FAILED', 'rejected'],
] as const;

/** Counts for operators what was paid from the ledger. */
@Injectable()
export class PaidCounter {
  constructor(private readonly metrics: Metrics) {}

  count(campaignId: string, ended: readonly EndedGrant[]): void {
    for (const [status, outcome] of OUTCOMES) {
      const count = ended.filter((grant) => grant.status === status).length;
      if (count === 0) continue;
      this.metrics.payouts.inc({ campaign: campaignId, outcome }, count);
      if (outcome === 'settled') this.metrics.recent.paid(campaignId, count);
    }
  }
}
