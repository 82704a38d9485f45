import { Injectable } from '@nestjs/common';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import type { GateClaim } from '../slots/gate-claim.js';
import { GateKeeper } from '../slots/gate-keeper.js';
import {
  type ClaimDecision,
  type ClaimDecisions,
  type ClaimGate,
  gateIdentity,
  type OpenGate,
  STALE_EPOCH,
} from '../slots/gate-answers.js';
import { SlotService } from '../slots/slot.service.js';
import { Deadline } from '../../platform/http/deadline.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { unavailable } from '../../platform/problems/problem.js';
import type { BatchOutcome } from './claim-outcome.js';
import type { CampaignMoment } from './claim-lookup.js';
import type { ClaimRecord } from './claim-record.js';
import { ClaimRecorder } from './claim-recorder.js';
import { ClaimStore } from './claim.store.js';
import { EligibleLists, LIST_IS_OPEN } from './eligible-lists.js';
import { FinishedClaims } from './finished-claims.js';

/** How often a batch asks the gate. One that contradicts Postgres is looked at before it is asked again. */
const ATTEMPTS = 3;

/**
 * The claim flow for users who asked at about the same time: one script decides, one INSERT makes the decisions
 * durable, then the users are answered. The doorbell of the workers rings meanwhile; no answer waits for it. Once the
 * script has run, a decision is only rolled forward: by this flow, by the user's next request, or by the reaper.
 */
@Injectable()
export class ClaimBatch {
  constructor(
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
    private readonly lists: EligibleLists,
    private readonly claims: ClaimStore,
    private readonly recorder: ClaimRecorder,
    private readonly finished: FinishedClaims,
    private readonly deadline: Deadline,
    private readonly metrics: Metrics,
    private readonly failpoints: Failpoints,
    private readonly tracing: Tracing,
  ) {}

  /**
   * @param userIds in the order in which they asked; may repeat
   * @returns one outcome per user, in that order
   * @throws Problem 503 when the gate can't be brought to agree with Postgres; the drivers' errors when one of them
   *   can't be asked
   */
  async claimTogether(campaignId: string, userIds: readonly string[]): Promise<BatchOutcome[]> {
    this.metrics.claimBatchSize.observe(userIds.length);
    const ended = this.finished.remembers(campaignId)
      ? await this.finished.answer(campaignId, userIds)
      : null;
    if (ended) return ended;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // This may take a rebuild. The batch waits until its deadline, and later batches wait anew, so that no
      // more requests are held than can be answered.
      const gate = await this.deadline.within(this.keeper.open(campaignId));
      if (!gate) return this.withoutGate(campaignId, userIds);
      const outcomes = gate.hasList
        ? await this.claimByList(gate, userIds)
        : await this.claimAtGate(gate, userIds);
      if (outcomes !== STALE_EPOCH) return outcomes;
    }
    throw unavailable('The gate is being rebuilt.');
  }

  private async claimAtGate(
    gate: OpenGate,
    userIds: readonly string[],
  ): Promise<BatchOutcome[] | typeof STALE_EPOCH> {
    const decided = await this.tracing.run('claims.decide', {}, () => this.slots.claim(gate, userIds));
    if (decided === STALE_EPOCH) {
      this.keeper.recheck(gate.campaignId);
      return STALE_EPOCH;
    }
    this.failpoints.reach('gate.decided');
    return this.makeDurable(gate, userIds, decided);
  }

  /** R33: the gate never hears of users who are not on the list. */
  private async claimByList(
    gate: ClaimGate,
    userIds: readonly string[],
  ): Promise<BatchOutcome[] | typeof STALE_EPOCH> {
    const eligible = await this.lists.among(gate.campaignId, userIds);
    if (eligible === LIST_IS_OPEN) return this.refuseBeforeOpening(gate, userIds);
    const mayClaim = userIds.filter((userId) => eligible.has(userId));
    const outcomes = mayClaim.length > 0 ? await this.claimAtGate(gate, mayClaim) : [];
    if (outcomes === STALE_EPOCH) return STALE_EPOCH;
    return userIds.map(
      (userId) => (eligible.has(userId) ? outcomes.shift() : undefined) ?? { kind: 'not-eligible' },
    );
  }

  /** A campaign with a list opens when Postgres' clock says so, too: until then its list may change. */
  private async refuseBeforeOpening(
    { campaignId }: OpenGate,
    userIds: readonly string[],
  ): Promise<BatchOutcome[] | typeof STALE_EPOCH> {
    const { campaign } = await this.claims.lookUp(campaignId, []);
    const refused = campaign && !campaign.isFinished ? refusalBeforeOpening(campaign) : null;
    if (refused) return userIds.map(() => refused);
    this.keeper.recheck(campaignId); // it has changed meanwhile
    return STALE_EPOCH;
  }

  /** R29: a campaign without a gate is finished, or does not exist. */
  private async withoutGate(campaignId: string, userIds: readonly string[]): Promise<BatchOutcome[]> {
    const ended = await this.finished.answer(campaignId, userIds);
    return ended ?? userIds.map(() => ({ kind: 'unknown-campaign' }));
  }

  private async makeDurable(
    gate: OpenGate,
    userIds: readonly string[],
    decided: ClaimDecisions,
  ): Promise<BatchOutcome[] | typeof STALE_EPOCH> {
    const { decisions } = decided;
    const records = await this.readKnown(gate, userIds, decisions);
    if (records === STALE_EPOCH) return STALE_EPOCH;
    const missing = notYetDurable(decisions, records);
    // A claim that came to its end has a row. A gate with one that Postgres lacks is not the gate of this
    // campaign (R3).
    if (missing.some(({ state }) => state !== 'PROCESSING' && state !== 'WAITING')) {
      this.keeper.requireRebuild(gate.campaignId, gate.epoch);
      return STALE_EPOCH;
    }

    const written = await this.recorder.persist(gate.campaignId, gate.epoch, missing, 'claim.committed');
    if (written === STALE_EPOCH) return STALE_EPOCH;
    if (missing.length > 0) this.failpoints.reach('doorbell.rung');
    for (const [userId, record] of written) records.set(userId, record);
    return decisions.map((decision, i) =>
      this.toOutcome(gate, decided, decision, records.get(userIds[i] ?? '')),
    );
  }

  /**
   * Reads the rows of all users who may have one: those the gate knows, and those it turns away, since a gate that
   * forgot a user must not answer "sold out" (R12). The same statement tells whether Postgres agrees with the refusals:
   * a gate on an abandoned server goes on refusing, and a refusal is never written, so no fence stops it.
   */
  private async readKnown(
    gate: OpenGate,
    userIds: readonly string[],
    decisions: readonly ClaimDecision[],
  ): Promise<Map<string, ClaimRecord> | typeof STALE_EPOCH> {
    const mayHaveRow = userIds.filter((_, i) => {
      const decision = decisions[i];
      return decision?.kind !== 'claim' || !decision.fresh;
    });
    if (mayHaveRow.length === 0) return new Map();
    const { campaign, records } = await this.claims.lookUp(gate.campaignId, mayHaveRow);
    if (campaign?.epoch !== gate.epoch) {
      this.keeper.recheck(gate.campaignId);
      return STALE_EPOCH;
    }
    if (!decisions.every((decision) => isOfThisMoment(decision, campaign))) {
      await this.keeper.tellTerms(gate.campaignId); // what an operator changed has not reached the gate yet
      return STALE_EPOCH;
    }
    return new Map(records.map((record) => [record.userId, record]));
  }

  private toOutcome(
    gate: OpenGate,
    { lastArrivalNo, rebuiltUpTo }: ClaimDecisions,
    decision: ClaimDecision,
    record: ClaimRecord | undefined,
  ): BatchOutcome {
    const { campaignId, epoch } = gate;
    if (record) {
      const agreed = decision.kind === 'claim' && decision.claim.arrivalNo === record.arrivalNo;
      // A place that was handed out before the script ran, and that the gate does not know: it has forgotten a
      // user (R7).
      const forgotten = decision.kind !== 'claim' && record.arrivalNo <= lastArrivalNo;
      if (forgotten || (decision.kind === 'claim' && !agreed)) this.keeper.requireRebuild(campaignId, epoch);
      return {
        kind: 'claimed',
        fresh: agreed && decision.fresh,
        record,
        waitingPosition: agreed && record.status === 'WAITING' ? decision.waitingPosition : null,
        gateEpoch: epoch,
      };
    }
    switch (decision.kind) {
      case 'full':
        return { kind: 'full', gate: gateIdentity(gate), campaignId, epoch, lastArrivalNo, rebuiltUpTo };
      case 'not-open':
        return { kind: 'not-open', opensAt: new Date(decision.opensAt) };
      case 'paused':
      case 'closed':
      case 'no-room':
        return decision;
      case 'claim':
        throw new Error('A claim was decided and is not durable: it must not be answered.');
    }
  }
}

/** Null when it opens at once. */
function refusalBeforeOpening({ isClosed, isPaused, opensAt }: CampaignMoment): BatchOutcome | null {
  if (isClosed) return { kind: 'closed' };
  if (isPaused) return { kind: 'paused' };
  return opensAt === null ? null : { kind: 'not-open', opensAt: new Date(opensAt) };
}

/**
 * Whether Postgres refuses for the same reason. A gate whose clock is ahead of Postgres' does not close anything (R27).
 */
function isOfThisMoment(decision: ClaimDecision, { isPaused, isClosed, opensAt }: CampaignMoment): boolean {
  switch (decision.kind) {
    case 'paused':
      return isPaused;
    case 'closed':
      return isClosed;
    case 'not-open':
      return opensAt === decision.opensAt;
    case 'full':
    case 'no-room':
    case 'claim':
      return true;
  }
}

/**
 * The gate's claims that Postgres does not hold, or holds as a place in the line that has been promoted since; each
 * user once.
 */
function notYetDurable(
  decisions: readonly ClaimDecision[],
  records: ReadonlyMap<string, ClaimRecord>,
): GateClaim[] {
  const missing = new Map<string, GateClaim>();
  for (const decision of decisions) {
    if (decision.kind !== 'claim') continue;
    const { claim } = decision;
    const record = records.get(claim.userId);
    const promotedSince = record?.status === 'WAITING' && claim.state === 'PROCESSING';
    if (!record || promotedSince) missing.set(claim.userId, claim);
  }
  return [...missing.values()].sort((a, b) => a.arrivalNo - b.arrivalNo);
}
