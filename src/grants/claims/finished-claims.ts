import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Metrics } from '../../platform/metrics/metrics.js';
import type { ClaimOutcome } from './claim-outcome.js';
import { ClaimStore } from './claim.store.js';
import { EligibleLists, LIST_IS_OPEN } from './eligible-lists.js';

/** Most finished campaigns that a process remembers; for each beyond that, it asks once more. */
const REMEMBERED = 10_000;

/**
 * R29: claims on a finished campaign are answered from Postgres, by one statement per batch (a second one looks up the
 * list where there is one, R33), and no gate is built for it. The memory of finished campaigns only decides what is
 * asked first: Postgres confirms it each time.
 */
@Injectable()
export class FinishedClaims {
  private readonly known = new LRUCache<string, true>({ max: REMEMBERED });

  constructor(
    private readonly claims: ClaimStore,
    private readonly lists: EligibleLists,
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
    const eligible = campaign.hasFinalList
      ? await this.eligibleAmong(
          campaignId,
          userIds.filter((userId) => !records.has(userId)),
        )
      : null;
    return userIds.map((userId): ClaimOutcome => {
      const record = records.get(userId);
      if (record) return { kind: 'claimed', fresh: false, record, waitingPosition: null, gateEpoch: null };
      if (eligible && !eligible.has(userId)) return { kind: 'not-eligible' };
      return campaign.isClosed ? { kind: 'closed' } : { kind: 'sold-out', isFinal: true, full: null };
    });
  }

  /** R33: whoever is not on the list hears so for ever, and nothing about the campaign. */
  private async eligibleAmong(
    campaignId: string,
    userIds: readonly string[],
  ): Promise<ReadonlySet<string> | null> {
    if (userIds.length === 0) return null;
    const eligible = await this.lists.among(campaignId, userIds);
    return eligible === LIST_IS_OPEN ? null : eligible;
  }

  private remember(campaignId: string): void {
    this.known.set(campaignId, true);
    this.metrics.forget(campaignId);
  }
}
