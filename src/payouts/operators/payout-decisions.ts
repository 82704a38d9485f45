import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CampaignReports } from '../../campaigns/reports/campaign-reports.js';
import { recordAct } from '../../platform/admin/record-act.js';
import { Environment } from '../../platform/config/environment.js';
import { GateUpdate } from '../../grants/claims/gate-update.js';
import { PayoutConclusions } from '../payout-conclusions.js';
import { LEFT_TO_OPERATORS } from '../payout-state.js';
import { archived, LOOK_INTO_ARCHIVE } from '../../platform/problems/archived.js';
import { Problem } from '../../platform/problems/problem.js';
import { type PayoutEvent, type PayoutRecord, PayoutReports } from './payout-reports.js';

/** Lets operators say what became of payouts that are in doubt, when nobody else can. */
@Injectable()
export class PayoutDecisions {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly reports: PayoutReports,
    private readonly conclusions: PayoutConclusions,
    private readonly gateUpdate: GateUpdate,
    private readonly campaigns: CampaignReports,
    private readonly environment: Environment,
  ) {}

  /** @throws Problem 404 when there is no such payout */
  read(campaignId: string, userId: string): Promise<PayoutRecord & { events: PayoutEvent[] }> {
    return this.detail(campaignId, userId);
  }

  /**
   * The same as the answer to a change: over the connections of changes, since reports may have taken those for reads.
   * @throws Problem 404 when there is no such payout
   */
  readChanged(campaignId: string, userId: string): Promise<PayoutRecord & { events: PayoutEvent[] }> {
    return this.detail(campaignId, userId, this.source);
  }

  /**
   * P7: only a payout in doubt can be decided. The decision is kept with its reason and the operator.
   * @throws Problem 404 when there is no such payout, 409 when it is not in doubt, 403 when it takes two to decide
   */
  async decide(
    campaignId: string,
    userId: string,
    decision: { readonly state: 'SETTLED' | 'REJECTED'; readonly reason: string },
    operator: string,
  ): Promise<PayoutRecord & { events: PayoutEvent[] }> {
    if (this.environment.PAYOUT_DECISION_APPROVALS > 1) throw takesTwo();
    const { idempotencyKey, state } = await this.get(campaignId, userId, this.source);
    if (!LEFT_TO_OPERATORS.includes(state)) throw notInDoubt(state);
    const { effect, ended } = await this.conclusions.conclude(
      {
        ...decision,
        idempotencyKey,
        providerReference: null,
        actor: operator,
        onlyFrom: LEFT_TO_OPERATORS,
      },
      async (transaction, done) => {
        if (done !== 'applied') return;
        const detail = { userId, state: decision.state };
        await recordAct(transaction, {
          ...{ act: 'payout-decided', actor: operator, campaignId, detail },
          reason: decision.reason,
        });
      },
    );
    if (effect !== 'applied') throw notInDoubt((await this.get(campaignId, userId, this.source)).state);
    // Or the reaper tells the gate.
    if (ended) await this.gateUpdate.conclude(campaignId, [ended]).catch(() => undefined);
    return this.readChanged(campaignId, userId);
  }

  private async detail(
    campaignId: string,
    userId: string,
    on?: DataSource,
  ): Promise<PayoutRecord & { events: PayoutEvent[] }> {
    const payout = await this.get(campaignId, userId, on);
    return { ...payout, events: await this.reports.events(payout.idempotencyKey, on) };
  }

  private async get(campaignId: string, userId: string, on?: DataSource): Promise<PayoutRecord> {
    const payout = await this.reports.find(campaignId, userId, on);
    if (payout) return payout;
    const archivedAt = await this.campaigns.archivedSince(campaignId);
    if (archivedAt) throw archived('unknown-payout', archivedAt, LOOK_INTO_ARCHIVE);
    throw new Problem(404, 'unknown-payout', 'There is no such payout');
  }
}

function takesTwo(): Problem {
  return new Problem(403, 'needs-approval', 'It takes two people to decide', {
    detail: 'Propose it at …/payout-decisions, for somebody else to approve.',
  });
}

function notInDoubt(state: string): Problem {
  return new Problem(409, 'illegal-transition', 'The payout is not in doubt', { members: { state } });
}
