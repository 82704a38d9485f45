import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLog } from '../platform/logging/event-log.js';
import type { Operator } from '../platform/admin/operator.js';
import { Environment } from '../platform/config/environment.js';
import { isProviderConfigured } from '../platform/config/settings/payouts.js';
import { Failpoints } from '../platform/failpoints/failpoints.js';
import { GateKeeper } from '../grants/slots/gate-keeper.js';
import { GateRoom } from '../grants/slots/gate-room.js';
import { SlotService } from '../grants/slots/slot.service.js';
import { TermsAnnouncement } from '../grants/slots/terms-announcement.js';
import { Problem, invalidRequest } from '../platform/problems/problem.js';
import { CampaignPages } from './campaign-pages.js';
import { CampaignDeletion } from './campaign-deletion.js';
import {
  budgetOf,
  type CampaignChange,
  CampaignStore,
  type NewCampaign,
  OPENING_TOLERANCE_MS,
} from './campaign.store.js';
import type { Campaign } from './campaign.entity.js';
import { differingTerms } from './differing-terms.js';
import { gateTerms } from './gate-terms.js';
import { unknownCampaign } from '../platform/problems/unknown-campaign.js';

/** How long an answer waits for the gate; with a silent gate it must still come within the deadline. */
const GATE_PATIENCE_MS = 800;

/** Creates, changes and finds campaigns. */
@Injectable()
export class CampaignsService {
  private readonly log = new EventLog(CampaignsService.name);

  constructor(
    private readonly store: CampaignStore,
    private readonly deletion: CampaignDeletion,
    private readonly slots: SlotService,
    private readonly announcement: TermsAnnouncement,
    private readonly keeper: GateKeeper,
    private readonly pages: CampaignPages,
    private readonly room: GateRoom,
    private readonly failpoints: Failpoints,
    private readonly environment: Environment,
  ) {}

  /**
   * Safe to repeat after a lost answer: the same terms again find the campaign, and change nothing.
   * @throws Problem 409 when the id is taken by a campaign with other terms, the treasury has too little, Redis has no
   *   room for its gate, or a provider is to pay that is not configured here; 400 when its budget exceeds the limit, or
   *   it would be closed from the beginning, or would have opened before it existed
   */
  async create(campaign: NewCampaign, operator: Operator): Promise<{ campaign: Campaign; isNew: boolean }> {
    // Asked first: a repeated create is not refused because closesAt has passed or the memory is used up meanwhile.
    const standing = await this.store.find(campaign.id);
    if (standing) return repeated(campaign, standing);
    this.refuseBudget(campaign);
    this.mustKnowProvider(campaign);
    await this.refusePast(campaign.closesAt);
    if (campaign.eligibility === 'list') await this.mustOpenLater(campaign.opensAt);
    await this.refusePastOpening(campaign.opensAt);
    await this.mustFit(campaign);
    if (!(await this.store.create(campaign, operator)))
      return repeated(campaign, await this.store.find(campaign.id));
    this.failpoints.reach('campaign.created');
    // Builds the gate before the first claim would have to. A large one takes seconds and is not waited for.
    await this.tellGateSoon(campaign.id, () => this.keeper.open(campaign.id));
    this.pages.forget(campaign.id);
    return { campaign: await this.get(campaign.id), isNew: true };
  }

  /**
   * Changes name, state or times. The gate is told at once; if it is out of reach, the answer is the same, and the
   * reaper tells it.
   * @throws Problem 404 when there is no such campaign, 409 when its state does not allow the change, 400 when it would
   *   close before it opens, would close at once and for good although the change does not ask for CLOSED, or would be
   *   moved to an opening in the past; 412 when it is of another revision
   * @param revisions those for which the change is meant; null for any
   */
  async change(
    id: string,
    change: CampaignChange,
    operator: Operator,
    revisions: readonly string[] | null,
  ): Promise<Campaign> {
    const standing = await this.get(id);
    refuseOtherRevision(standing, revisions);
    const { opensAt, closesAt, finishedAt } = standing;
    const [opens, closes] = [merge(change.opensAt, opensAt), merge(change.closesAt, closesAt)];
    if (opens && closes && closes <= opens) {
      throw invalidRequest('closesAt must be after opensAt.');
    }
    if (!(await this.store.change(id, change, operator, revisions))) {
      refuseOtherRevision(await this.get(id), revisions);
      if (change.state !== 'CLOSED') await this.refusePast(change.closesAt);
      if (change.opensAt?.getTime() !== opensAt?.getTime()) await this.refusePastOpening(change.opensAt);
      throw new Problem(409, 'illegal-transition', 'The campaign does not allow this change now', {
        detail: finishedAt
          ? 'It is finished: everybody has been paid or told, and it has no gate.'
          : undefined,
        members: { state: (await this.get(id)).shownState, finishedAt },
      });
    }
    this.failpoints.reach('change.committed');
    const changed = await this.get(id);
    await this.tellGateSoon(id, () => this.announcement.tell(id, gateTerms(changed)));
    this.pages.forget(id);
    return changed;
  }

  /**
   * Deletes a campaign that nobody has claimed; its budget returns to the treasury. Safe to repeat.
   * @throws Problem 404 when there is no such campaign, 409 when somebody has claimed it, or may have
   */
  async delete(id: string, operator: Operator): Promise<void> {
    if (await this.isClaimedAtGate(id)) throw claimed();
    const deletion = await this.deletion.delete(id, operator);
    if (deletion === 'unknown') throw unknownCampaign();
    if (deletion === 'claimed') throw claimed();
    this.pages.forget(id);
    await this.tellGateSoon(id, () => this.keeper.retire(id));
  }

  /** @throws Problem 404 when there is no such campaign */
  async get(id: string): Promise<Campaign> {
    const campaign = await this.store.find(id);
    if (!campaign) throw unknownCampaign();
    return campaign;
  }

  /**
   * R20: a campaign that fills Redis would take the memory away from all others. If Redis can't be asked, nothing is
   * refused.
   */
  private async mustFit({ id, capacity, waitingCapacity }: NewCampaign): Promise<void> {
    const promised = await this.store.promisedPlaces();
    const fits = await this.room.has(id, { wanted: capacity + waitingCapacity, promised }).catch(() => true);
    if (fits || (await this.store.find(id))) return; // then `campaign-exists` is the better answer
    throw new Problem(409, 'does-not-fit', 'Redis has no room for a campaign of this size', {
      detail: 'Give Redis more memory (maxmemory), close other campaigns, or ask for fewer places.',
    });
  }

  /** Nobody could be put on the list. */
  private async mustOpenLater(opensAt: Date | null): Promise<void> {
    if (!opensAt || (await this.store.isPast(opensAt)))
      throw invalidRequest('A campaign with a list must open in the future: the list is uploaded before.');
  }

  private refuseBudget(campaign: NewCampaign): void {
    const { CAMPAIGN_BUDGET_MAX } = this.environment;
    if (CAMPAIGN_BUDGET_MAX !== undefined && budgetOf(campaign) > BigInt(CAMPAIGN_BUDGET_MAX))
      throw new Problem(400, 'over-budget', 'The budget exceeds the limit', {
        detail: `capacity x amount may be at most ${CAMPAIGN_BUDGET_MAX}.`,
      });
  }

  /** Who pays is fixed with the campaign, so a wrong word would leave one that nobody ever pays. */
  private mustKnowProvider({ payoutProvider }: NewCampaign): void {
    if (payoutProvider === 'http' && !isProviderConfigured(this.environment))
      throw new Problem(409, 'provider-not-configured', 'No payout provider is configured', {
        detail: 'Set PAYOUT_HTTP_URL and PAYOUT_HTTP_SECRET on every instance, or let the ledger pay.',
      });
  }

  private async refusePast(closesAt: Date | null | undefined): Promise<void> {
    if (closesAt && (await this.store.isPast(closesAt)))
      throw invalidRequest(
        'closesAt is in the past. To close a campaign for good, change its state to CLOSED.',
      );
  }

  /** Its terms would be published after the opening that they name, for good (docs/transparency.md). */
  private async refusePastOpening(opensAt: Date | null | undefined): Promise<void> {
    if (opensAt && (await this.store.isPast(opensAt, OPENING_TOLERANCE_MS)))
      throw invalidRequest('opensAt is in the past. To open at once, leave it out, or change it to null.');
  }

  /**
   * Whether the gate has given somebody a place. It may not be in Postgres yet: it is rolled forward, not taken away.
   * If the gate can't be asked, nobody was given a place that Postgres does not know of and that was answered.
   */
  private async isClaimedAtGate(id: string): Promise<boolean> {
    const campaign = await this.store.find(id);
    if (!campaign || campaign.finishedAt) return false;
    const counts = await this.slots.counts(id).catch(() => null);
    return counts !== null && (counts.available < campaign.capacity || counts.waiting > 0);
  }

  /** What was committed is answered although the gate is silent: the reaper tells it. */
  private async tellGateSoon(campaignId: string, tell: () => Promise<unknown>): Promise<void> {
    await Promise.race([this.tellGate(campaignId, tell), sleep(GATE_PATIENCE_MS, undefined, { ref: false })]);
  }

  private async tellGate(campaignId: string, tell: () => Promise<unknown>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      this.log.write('terms-not-announced', { campaignId, cause: String(error) });
    }
  }
}

/**
 * @param standing null when the campaign with that id was deleted
 * @throws Problem 409 when the terms differ, or it was deleted
 */
function repeated(asked: NewCampaign, standing: Campaign | null): { campaign: Campaign; isNew: boolean } {
  if (!standing)
    throw new Problem(409, 'campaign-exists', 'A campaign with that id was deleted', {
      detail:
        'Ids are not used again: the books and the trail name the campaign that was deleted. Choose another one.',
    });
  const differs = differingTerms(asked, standing);
  if (differs.length > 0)
    throw new Problem(409, 'campaign-exists', 'A campaign with that id and other terms exists', {
      detail: `It differs from what was asked for in: ${differs.join(', ')}.`,
      members: { differs },
    });
  return { campaign: standing, isNew: false };
}

/** @throws Problem 412 */
function refuseOtherRevision({ revision }: Campaign, revisions: readonly string[] | null): void {
  if (revisions !== null && !revisions.includes(revision))
    throw new Problem(412, 'changed-meanwhile', undefined, { members: { revision: Number(revision) } });
}

function claimed(): Problem {
  return new Problem(409, 'illegal-transition', 'The campaign can not be deleted', {
    detail:
      'Only a campaign that nobody has claimed can be deleted. Close this one, and archive it once it is finished.',
  });
}

function merge<T>(change: T | undefined, standing: T): T {
  return change === undefined ? standing : change;
}
