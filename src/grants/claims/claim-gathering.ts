import { Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { ClaimBatch } from './claim-batch.js';
import type { BatchOutcome } from './claim-outcome.js';
import { Gathering } from './gathering.js';

/**
 * While one batch is being committed, the next is decided. More at once would make each batch smaller, and each claim
 * more expensive.
 */
const BATCHES_AT_ONCE = 2;

/** Gathers the claims of this process into batches, and bounds how many it holds. */
@Injectable()
export class ClaimGathering extends Gathering<BatchOutcome> {
  constructor(batch: ClaimBatch, environment: Environment, metrics: Metrics) {
    super((campaignId, userIds) => batch.claimTogether(campaignId, userIds), {
      batchesAtOnce: BATCHES_AT_ONCE,
      batchSize: environment.CLAIM_BATCH_SIZE,
      patienceMs: environment.REQUEST_DEADLINE_MS,
      mostAtOnce: environment.CLAIMS_IN_FLIGHT_MAX,
      onShed: (campaignId) => {
        metrics.requestsShed.inc();
        metrics.recent.unavailable(campaignId);
      },
    });
  }
}
