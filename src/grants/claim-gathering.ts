import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Environment } from '../config/environment.js';
import { unavailable } from '../problems/problem.js';
import { ClaimBatch } from './claim-batch.js';
import type { BatchOutcome } from './claim-outcome.js';

/** Batches of a campaign under way at once: while one is being committed, the next is decided. */
const BATCHES_AT_ONCE = 3;

/**
 * Gathers the claims of this process into batches. A batch goes out as soon as there is room for one, with everybody who
 * has come by then: alone when it is quiet, hundreds together in a rush.
 */
@Injectable()
export class ClaimGathering {
  private readonly loaders = new Map<string, DataLoader<string, BatchOutcome>>();
  private inFlight = 0;

  constructor(
    private readonly batch: ClaimBatch,
    private readonly environment: Environment,
  ) {}

  /** @throws Problem 503, before Redis is asked, when this process holds as many claims as it may */
  async add(campaignId: string, userId: string): Promise<BatchOutcome> {
    if (this.inFlight >= this.environment.CLAIMS_IN_FLIGHT_MAX) throw unavailable('Too many claims at once.');
    this.inFlight++;
    try {
      return await this.loaderOf(campaignId).load(userId);
    } finally {
      this.inFlight--;
    }
  }

  private loaderOf(campaignId: string): DataLoader<string, BatchOutcome> {
    const loader = this.loaders.get(campaignId) ?? this.createLoader(campaignId);
    this.loaders.set(campaignId, loader);
    return loader;
  }

  /** An id that no campaign has, or of which that can't be told, must not leave a loader behind for ever. */
  private createLoader(campaignId: string): DataLoader<string, BatchOutcome> {
    let underWay = 0;
    const queued: (() => void)[] = [];
    const dispatchNext = (): void => {
      if (underWay >= BATCHES_AT_ONCE) return;
      const dispatch = queued.shift();
      if (!dispatch) return;
      underWay++;
      setImmediate(dispatch);
    };
    return new DataLoader(
      async (userIds) => {
        try {
          const outcomes = await this.batch.run(campaignId, userIds);
          if (outcomes[0]?.kind === 'unknown-campaign') this.loaders.delete(campaignId);
          return outcomes;
        } catch (error) {
          this.loaders.delete(campaignId);
          throw error;
        } finally {
          underWay--;
          dispatchNext();
        }
      },
      {
        cache: false,
        maxBatchSize: this.environment.CLAIM_BATCH_SIZE,
        batchScheduleFn: (dispatch) => {
          queued.push(dispatch);
          dispatchNext();
        },
      },
    );
  }
}
