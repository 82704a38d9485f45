import { Injectable } from '@nestjs/common';
import { CampaignEnds } from '../campaigns/campaign-ends.js';
import type { Campaign } from '../campaigns/campaign.entity.js';
import { Failpoints } from '../platform/failpoints/failpoints.js';
import { GateKeeper } from '../grants/slots/gate-keeper.js';
import { SlotService } from '../grants/slots/slot.service.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { LineEnd } from './line-end.js';
import type { Found, Look, ReaperTask } from './look.js';

/** Takes campaigns through the steps to their end, and retires the gates of finished ones (R29). */
@Injectable()
export class CampaignEnd implements ReaperTask {
  readonly name = 'campaign end';

  constructor(
    private readonly ends: CampaignEnds,
    private readonly lineEnd: LineEnd,
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
    private readonly metrics: Metrics,
    private readonly failpoints: Failpoints,
  ) {}

  /** Once the campaign is sealed, its line is told the end (R9). */
  async perform({ campaign }: Look): Promise<Found> {
    if (!(await this.isSealed(campaign))) return 'nothing';
    // The gate must know before its line gets shorter, whatever became of earlier looks: else newcomers take ended
    // places.
    await this.keeper.tellTerms(campaign.id);
    return this.lineEnd.endWaiting(campaign.id);
  }

  /**
   * Takes the steps to the end that are due. The gate, which was told of the campaign's state before this, only says
   * whether it is worth asking Postgres, and whether it holds anything that may not be durable yet.
   */
  private async isSealed({ id, capacity, state, sealedAt }: Campaign): Promise<boolean> {
    const gate = await this.keeper.open(id); // before the counts, so that the counts of a later gate have no effect
    const counts = await this.slots.counts(id);
    const wasSealed = sealedAt !== null;
    if (!gate || !counts) return wasSealed;
    const isQuiet = counts.processing === 0 && counts.waiting === 0;
    if (counts.settled !== capacity && !(state === 'CLOSED' && isQuiet)) return wasSealed;
    return (await this.ends.advance(id, { epoch: gate.epoch, isQuiet })) || wasSealed;
  }

  /** For a finished campaign. Safe to repeat, and to interrupt anywhere. */
  async retireGate(campaignId: string): Promise<void> {
    this.failpoints.reach('campaign.finished');
    await this.keeper.retire(campaignId);
    await this.ends.noteGateRetired(campaignId);
    this.metrics.forget(campaignId);
  }
}
