import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { recordAct } from '../../platform/admin/record-act.js';
import { Environment } from '../../platform/config/environment.js';
import { Doorbell } from '../../doorbell/doorbell.js';
import { GateUpdate } from '../../grants/claims/gate-update.js';
import type { EndedGrant } from '../ended-grants.js';
import { PayoutConclusions } from '../payout-conclusions.js';
import { reasonWithProposer, type Standing } from '../payout-ending.js';
import { LEFT_TO_OPERATORS, type PayoutState } from '../payout-state.js';
import { rows } from '../../platform/postgres/rows.js';
import { Problem } from '../../platform/problems/problem.js';
import {
  type Decision,
  type DecisionRecord,
  DecisionRecords,
  type DecisionScope,
} from './decision-records.js';

/** The states in which each decision may be taken. */
const DECIDABLE: Readonly<Record<Decision, readonly PayoutState[]>> = {
  RESEND: ['HELD'],
  SETTLED: LEFT_TO_OPERATORS,
  REJECTED: LEFT_TO_OPERATORS,
};

/**
 * Decisions on many payouts at once. One person proposes, another approves. Only payouts that are unchanged since the
 * proposal are then changed, in one transaction with the trail.
 */
@Injectable()
export class BulkDecisions {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly records: DecisionRecords,
    private readonly conclusions: PayoutConclusions,
    private readonly gateUpdate: GateUpdate,
    private readonly doorbell: Doorbell,
    private readonly environment: Environment,
  ) {}

  /**
   * Proposes a decision. It is applied at once if one person may decide it.
   * @throws Problem 409 when no payout can be decided this way
   */
  async propose(
    campaignId: string,
    scope: DecisionScope,
    { decision, reason }: { readonly decision: Decision; readonly reason: string },
    operator: string,
  ): Promise<DecisionRecord> {
    const [record, ended] = await this.source.transaction(async (transaction) => {
      const states = DECIDABLE[decision];
      const proposed = await this.records.propose(transaction, campaignId, scope, {
        ...{ decision, reason, states, proposedBy: operator },
      });
      if (!proposed) throw await this.noneMatches(campaignId, scope, states);
      const { id, count } = proposed;
      await recordAct(transaction, {
        ...{ act: 'payout-decision-proposed', actor: operator, campaignId, reason },
        detail: { decision, decisionId: id, count },
      });
      return this.needsApproval(decision)
        ? [proposed, []]
        : await this.apply(transaction, proposed, operator);
    });
    await this.tellGate(campaignId, ended);
    return record;
  }

  /**
   * Applies what somebody else has proposed. A repeated approval returns the result.
   * @throws Problem 404 when there is no such decision, 403 for whoever proposed it, 409 when it is too old
   */
  async approve(campaignId: string, id: string, operator: string): Promise<DecisionRecord> {
    const standing = await this.records.get(campaignId, id, this.source);
    if (standing.appliedAt) return standing;
    const applied = await this.source.transaction(async (transaction) => {
      if (!(await this.records.approve(transaction, id, operator))) return null;
      return this.apply(transaction, standing, operator);
    });
    if (!applied) return whyNot(await this.records.get(campaignId, id, this.source), operator);
    const [record, ended] = applied;
    if (record.decision === 'RESEND') void this.doorbell.ring(campaignId); // not awaited; if it is lost, the reaper rings
    await this.tellGate(campaignId, ended);
    return record;
  }

  private async noneMatches(
    campaignId: string,
    scope: DecisionScope,
    states: readonly PayoutState[],
  ): Promise<Problem> {
    const end = scope.userIds ? null : await this.records.endOfLook(campaignId, scope);
    const more = end === null ? '' : ` Not all were looked at: go on with "after": "${end}".`;
    return new Problem(409, 'illegal-transition', 'No payout can be decided this way', {
      detail: `None of those payouts is ${states.join(' or ')}.${more}`,
    });
  }

  private needsApproval(decision: Decision): boolean {
    return decision === 'RESEND' || this.environment.PAYOUT_DECISION_APPROVALS > 1;
  }

  private async apply(
    transaction: EntityManager,
    { id, campaignId, decision, reason, proposedBy }: DecisionRecord,
    operator: string,
  ): Promise<[DecisionRecord, EndedGrant[]]> {
    const payouts = await this.records.lock(transaction, id, DECIDABLE[decision]);
    const detail = { decision, decisionId: id, count: payouts.length };
    await this.records.applied(transaction, id, payouts.length);
    await recordAct(transaction, { act: 'payout-decision-approved', actor: operator, campaignId, detail });
    const ended =
      decision === 'RESEND'
        ? await resend(transaction, payouts, { reason, proposedBy, actor: operator })
        : await this.conclusions.concludeAll(transaction, payouts, {
            ...{ state: decision, reason, proposedBy, actor: operator },
          });
    return [await this.records.get(campaignId, id, transaction), ended];
  }

  /** If the gate is out of reach, the reaper tells it: what ended is committed. */
  private async tellGate(campaignId: string, ended: EndedGrant[]): Promise<void> {
    if (ended.length > 0) await this.gateUpdate.conclude(campaignId, ended).catch(() => undefined);
  }
}

/**
 * P2: sends again under the same key. The payout is due again and is looked up before it is sent. The time for which
 * keys are remembered begins anew.
 */
async function resend(
  transaction: EntityManager,
  payouts: readonly Standing[],
  decided: { readonly reason: string; readonly proposedBy: string; readonly actor: string },
): Promise<EndedGrant[]> {
  const keys = payouts.map(({ idempotencyKey }) => idempotencyKey);
  await rows(
    transaction,
    `WITH resent AS (
       UPDATE payouts SET state = 'DUE', fence = fence + 1, first_sent_at = now(), put_backs = 0, last_error = NULL,
              leased_until = NULL, due_at = now(), updated_at = now()
        WHERE idempotency_key = ANY ($1::text[])
       RETURNING idempotency_key
     ) INSERT INTO payout_events (idempotency_key, event, detail, actor)
       SELECT idempotency_key, 'RESEND', $2, $3 FROM resent RETURNING id`,
    [keys, reasonWithProposer(decided), decided.actor],
  );
  return [];
}

/** Throws a Problem that says why it was not approved. @returns the decision when it has been applied meanwhile */
function whyNot(standing: DecisionRecord, operator: string): DecisionRecord {
  if (standing.appliedAt) return standing;
  if (standing.proposedBy === operator)
    throw new Problem(403, 'needs-approval', 'Somebody else has to approve it', {
      detail: 'Nobody may approve their own proposal.',
    });
  throw new Problem(409, 'illegal-transition', 'The decision is too old', {
    detail: 'It has not been approved within a day. Propose it again.',
  });
}
