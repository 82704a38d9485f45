import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { unavailable } from '../problems/problem.js';
import { ClaimBatch } from './claim-batch.js';
import type { BatchOutcome } from './claim-outcome.js';
import { Gathering } from './gathering.js';

/** While one batch is being committed, the next is decided. More at once would make each smaller, and all dearer. */
const BATCHES_AT_ONCE = 2;

/** Gathers the claims of this process into batches, and bounds how many it holds. */
@Injectable()
export class ClaimGathering {
  private readonly gathering: Gathering<BatchOutcome>;
  private inFlight = 0;

  constructor(
    batch: ClaimBatch,
    private readonly environment: Environment,
  ) {
    this.gathering = new Gathering((campaignId, userIds) => batch.run(campaignId, userIds), {
      batchesAtOnce: BATCHES_AT_ONCE,
      batchSize: environment.CLAIM_BATCH_SIZE,
    });
  }

  /** @throws Problem 503, before Redis is asked, when this process holds as many claims as it may */
  async add(campaignId: string, userId: string): Promise<BatchOutcome> {
    if (this.inFlight >= this.environment.CLAIMS_IN_FLIGHT_MAX) throw unavailable('Too many claims at once.');
    this.inFlight++;
    try {
      return await this.gathering.ask(campaignId, userId);
    } finally {
      this.inFlight--;
    }
  }
}
