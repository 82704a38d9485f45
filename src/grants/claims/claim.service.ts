import { Injectable } from '@nestjs/common';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import { GateKeeper } from '../slots/gate-keeper.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { unavailable } from '../../platform/problems/problem.js';
import { ClaimGathering } from './claim-gathering.js';
import type { ClaimOutcome } from './claim-outcome.js';
import { FinishedClaims } from './finished-claims.js';
import { SealedCampaigns } from './sealed-campaigns.js';
import { SoldOutCheck } from './sold-out-check.js';

const ATTEMPTS = 2;

/**
 * The label of claims that failed: the id in the path is not checked then, and the values of a label must not grow
 * without bound.
 */
const UNCHECKED = '';

/** The label of all finished campaigns together, since there are more of them every day. It is not a slug. */
const FINISHED = '(finished)';

/** Asking for a slot. */
@Injectable()
export class ClaimService {
  constructor(
    private readonly gathering: ClaimGathering,
    private readonly soldOut: SoldOutCheck,
    private readonly keeper: GateKeeper,
    private readonly finished: FinishedClaims,
    private readonly sealed: SealedCampaigns,
    private readonly metrics: Metrics,
    private readonly failpoints: Failpoints,
  ) {}

  /**
   * Idempotent per user. What it returns is durable.
   * @param userId from a verified token
   * @param origin where the request comes from (`Tracing.originOf`)
   * @throws Problem 503, or a driver's error, when the outcome is not known: asking again is safe
   */
  async claim(campaignId: string, userId: string, origin?: string): Promise<ClaimOutcome> {
    const started = performance.now();
    try {
      const outcome = await this.decide(campaignId, userId, origin);
      if (outcome.kind !== 'unknown-campaign') {
        this.count(this.finished.remembers(campaignId) ? FINISHED : campaignId, labelOf(outcome), started);
        this.metrics.recent.claim(campaignId, countedAs(outcome), performance.now() - started);
      }
      return outcome;
    } catch (error) {
      this.count(UNCHECKED, 'unavailable', started);
      this.metrics.recent.unavailable(campaignId);
      throw error;
    }
  }

  private async decide(campaignId: string, userId: string, origin?: string): Promise<ClaimOutcome> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const outcome = await this.gathering.ask(campaignId, userId, origin);
      if (outcome.kind === 'no-room') throw unavailable('There is no room for another claim.');
      if (outcome.kind !== 'full') return outcome;
      if (this.soldOut.isConfirmed(outcome) || (await this.soldOut.confirm(outcome))) {
        this.failpoints.reach('sold-out.confirmed');
        return { kind: 'sold-out', isFinal: this.sealed.has(outcome), full: outcome };
      }
      this.keeper.recheck(campaignId);
    }
    throw unavailable('The gate is being rebuilt.');
  }

  private count(campaign: string, outcome: string, started: number): void {
    this.metrics.claims.inc({ campaign, outcome });
    this.metrics.claimSeconds.observe({ outcome }, (performance.now() - started) / 1_000);
  }
}

function labelOf(outcome: ClaimOutcome): string {
  return outcome.kind === 'claimed' ? outcome.record.status.toLowerCase() : outcome.kind;
}

/** Null for a user who had claimed before. */
function countedAs(outcome: ClaimOutcome): 'accepted' | 'waitlisted' | 'soldOut' | 'refused' | null {
  if (outcome.kind === 'sold-out') return 'soldOut';
  if (outcome.kind !== 'claimed') return 'refused';
  if (!outcome.fresh) return null;
  return outcome.record.status === 'WAITING' ? 'waitlisted' : 'accepted';
}
