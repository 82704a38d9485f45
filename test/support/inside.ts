import { DataSource } from 'typeorm';
import type { GateClaim } from '../../src/grants/slots/gate-claim.js';
import { GateKeeper } from '../../src/grants/slots/gate-keeper.js';
import {
  type ClaimDecision,
  type GateCounts,
  type OpenGate,
  STALE_EPOCH,
} from '../../src/grants/slots/gate-answers.js';
import { SlotService } from '../../src/grants/slots/slot.service.js';
import { ClaimStore } from '../../src/grants/claims/claim.store.js';
import type { EndedGrant } from '../../src/payouts/ended-grants.js';
import { payArrivals } from './pay-arrivals.js';
import type { RunningApp } from './world.js';

/**
 * Single steps of the flows, taken inside a running instance and not continued. They leave the state that a process
 * leaves when it dies right after the step.
 */
export class Inside {
  readonly slots: SlotService;
  readonly keeper: GateKeeper;
  readonly claims: ClaimStore;
  private readonly source: DataSource;

  constructor({ app }: RunningApp) {
    this.slots = app.get(SlotService);
    this.keeper = app.get(GateKeeper);
    this.claims = app.get(ClaimStore);
    this.source = app.get(DataSource);
  }

  async gate(campaignId: string): Promise<OpenGate> {
    const gate = await this.keeper.open(campaignId);
    if (!gate) throw new Error(`There is no campaign ${campaignId}.`);
    return gate;
  }

  /** The gate decides, and nothing is recorded in Postgres. */
  async decide(campaignId: string, userIds: readonly (string | number)[]): Promise<readonly ClaimDecision[]> {
    for (;;) {
      const decided = await this.slots.claim(await this.gate(campaignId), userIds.map(String));
      if (decided !== STALE_EPOCH) return decided.decisions;
      this.keeper.recheck(campaignId); // another test file may have flushed the server's scripts
    }
  }

  /** As `decide`, for people who all get a slot or a place in the line. */
  async decideClaims(campaignId: string, userIds: readonly (string | number)[]): Promise<GateClaim[]> {
    return (await this.decide(campaignId, userIds)).map((decision) => {
      if (decision.kind !== 'claim') throw new Error(`The decision is no claim: ${decision.kind}`);
      return decision.claim;
    });
  }

  /** The gate decides, Postgres records it, and nobody rings. */
  async decideAndRecord(campaignId: string, userIds: readonly (string | number)[]): Promise<GateClaim[]> {
    const claims = await this.decideClaims(campaignId, userIds);
    const { epoch } = await this.gate(campaignId);
    if ((await this.claims.insert(campaignId, epoch, claims)) === STALE_EPOCH) throw new Error('fenced');
    return claims;
  }

  /** Pays or rejects the PENDING grants of these users without telling the gate. */
  async pay(campaignId: string, userIds: readonly (string | number)[]): Promise<readonly EndedGrant[]> {
    const ended: EndedGrant[] = [];
    for (const userId of userIds) {
      const [grant] = await this.source.query<{ arrivalNo: number }[]>(
        `SELECT arrival_no::float8 AS "arrivalNo" FROM user_grants WHERE campaign_id = $1 AND user_id = $2`,
        [campaignId, userId],
      );
      const arrivalNo = grant?.arrivalNo ?? 0;
      ended.push(
        ...(await payArrivals(this.source, campaignId, { after: arrivalNo - 1, upTo: arrivalNo }, 1)),
      );
    }
    return ended;
  }

  async counts(campaignId: string): Promise<GateCounts> {
    const counts = await this.slots.counts(campaignId);
    if (!counts) throw new Error(`${campaignId} has no gate.`);
    return counts;
  }
}
