import { Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { type Batch, Gathering } from '../../platform/gathering/gathering.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { type Facts, Tracing } from '../../platform/tracing/tracing.js';
import { ClaimBatch } from './claim-batch.js';
import type { BatchOutcome } from './claim-outcome.js';

/**
 * While one batch is being committed, the next is decided. More at once would make each batch smaller, and each claim
 * more expensive.
 */
const BATCHES_AT_ONCE = 2;

/**
 * Fewer claims wait for those that are just coming in: a script and a statement cost several times what a claim costs.
 * In a rush of hundreds, as many have come when there is room for a batch (docs/adr/0064).
 */
const ENOUGH_TOGETHER = 32;

/** Gathers the claims of this process into batches, and bounds how many it holds. */
@Injectable()
export class ClaimGathering extends Gathering<BatchOutcome> {
  constructor(batch: ClaimBatch, environment: Environment, metrics: Metrics, tracing: Tracing) {
    const claimTogether: Batch<BatchOutcome> = (campaignId, userIds) =>
      batch.claimTogether(campaignId, userIds);
    super(tracing.isOn ? inSpans(claimTogether, tracing) : claimTogether, {
      batchesAtOnce: BATCHES_AT_ONCE,
      batchSize: environment.CLAIM_BATCH_SIZE,
      enoughAtOnce: ENOUGH_TOGETHER,
      patienceMs: environment.REQUEST_DEADLINE_MS,
      mostAtOnce: environment.CLAIMS_IN_FLIGHT_MAX,
      onShed: (campaignId) => {
        metrics.requestsShed.inc();
        metrics.recent.unavailable(campaignId);
      },
    });
  }
}

/** One span a batch, linked to where its requests come from: a span a claim would cost as much as the claim. */
function inSpans(claimTogether: Batch<BatchOutcome>, tracing: Tracing): Batch<BatchOutcome> {
  return (campaignId, userIds, origins) => {
    const work = async (): Promise<readonly BatchOutcome[]> => {
      const outcomes = await claimTogether(campaignId, userIds, origins);
      tracing.note(factsOf(outcomes));
      return outcomes;
    };
    return tracing.run('claims', { campaign: campaignId, claims: userIds.length }, work, origins);
  };
}

/** How many are new, and which arrival numbers they have. */
function factsOf(outcomes: readonly BatchOutcome[]): Facts {
  const arrivals = outcomes.flatMap((outcome) =>
    outcome.kind === 'claimed' && outcome.fresh ? [outcome.record.arrivalNo] : [],
  );
  if (arrivals.length === 0) return { new: 0 };
  return {
    new: arrivals.length,
    firstArrivalNo: Math.min(...arrivals),
    lastArrivalNo: Math.max(...arrivals),
  };
}
