import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { Backlog } from '../http/backlog.js';
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

  constructor(
    batch: ClaimBatch,
    private readonly backlog: Backlog,
    private readonly environment: Environment,
  ) {
    this.gathering = new Gathering((campaignId, userIds) => batch.run(campaignId, userIds), {
      batchesAtOnce: BATCHES_AT_ONCE,
      batchSize: environment.CLAIM_BATCH_SIZE,
      patienceMs: environment.REQUEST_DEADLINE_MS,
    });
  }

  /** @throws Problem 503, before Redis is asked, when this process holds as many claims and reads as it may */
  add(campaignId: string, userId: string): Promise<BatchOutcome> {
    if (this.backlog.size >= this.environment.CLAIMS_IN_FLIGHT_MAX)
      throw unavailable('Too many claims at once.');
    return this.backlog.count(campaignId, this.gathering.ask(campaignId, userId));
  }
}
