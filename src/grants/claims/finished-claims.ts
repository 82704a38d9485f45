import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Metrics } from '../../platform/metrics/metrics.js';
import type { ClaimOutcome } from './claim-outcome.js';
import { ClaimStore } from './claim.store.js';

/** Most finished campaigns that a process remembers; for each beyond that, it asks once more. */
const REMEMBERED = 10_000;

/**
 * R29: claims on a finished campaign are answered from Postgres, by one statement per batch, and no gate is built for
 * it. The memory of finished campaigns only decides what is asked first: Postgres confirms it each time.
 */
@Injectable()
export class FinishedClaims {
  private readonly known = new LRUCache<string, true>({ max: REMEMBERED });

  constructor(
    private readonly claims: ClaimStore,
    private readonly metrics: Metrics,
  ) {}

  /** Whether this campaign was found to be finished. */
  remembers(campaignId: string): boolean {
    return this.known.has(campaignId);
  }

  /** One outcome per user, in their order; null when the campaign is not finished, or does not exist. */
  async answer(campaignId: string, userIds: readonly string[]): Promise<ClaimOutcome[] | null> {
    const { campaign, records: found } = await this.claims.lookUp(campaignId, userIds);
    if (!campaign?.isFinished) {
      this.known.delete(campaignId);
      return null;
    }
    if (!this.known.has(campaignId)) this.remember(campaignId);
    const records = new Map(found.map((record) => [record.userId, record]));
    return userIds.map((userId): ClaimOutcome => {
      const record = records.get(userId);
      if (record) return { kind: 'claimed', fresh: false, record, waitingPosition: null };
      return { kind: campaign.isClosed ? 'closed' : 'sold-out' };
    });
  }

  private remember(campaignId: string): void {
    this.known.set(campaignId, true);
    this.metrics.forget(campaignId);
  }
}
