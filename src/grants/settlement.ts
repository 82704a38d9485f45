import { Injectable } from '@nestjs/common';
import { Failpoints } from '../failpoints/failpoints.js';
import type { SlotHolder } from '../gate/gate-claim.js';
import { GateKeeper } from '../gate/gate-keeper.js';
import { STALE } from '../gate/gate-answers.js';
import { SlotService } from '../gate/slot.service.js';
import { Metrics } from '../metrics/metrics.js';
import { ClaimRecorder } from './claim-recorder.js';

/**
 * Tells the gate what came of payouts that Postgres holds the end of, and sees to it that a slot that came free is the next
 * person's, durably. Safe to repeat, and to be cut off anywhere: the reaper finds what is left to do.
 */
@Injectable()
export class Settlement {
  constructor(
    private readonly slots: SlotService,
    private readonly keeper: GateKeeper,
    private readonly recorder: ClaimRecorder,
    private readonly metrics: Metrics,
    private readonly failpoints: Failpoints,
  ) {}

  /** These were paid. */
  async settle(campaignId: string, holders: readonly SlotHolder[]): Promise<void> {
    if (holders.length === 0) return;
    await this.slots.settle(campaignId, holders);
    this.failpoints.reach('gate.settled');
  }

  /** These were rejected; or, with an empty user id, nobody holds that slot. */
  async free(campaignId: string, holders: readonly SlotHolder[]): Promise<void> {
    if (holders.length === 0) return;
    const freed = await this.slots.free(campaignId, holders);
    if (freed === STALE) {
      this.keeper.doubt(campaignId);
      return;
    }
    this.failpoints.reach('gate.freed');
    const inOrder = freed.promotions.toSorted((a, b) => a.arrivalNo - b.arrivalNo);
    const written = await this.recorder.record(campaignId, freed.epoch, inOrder, 'promotion.committed');
    if (written !== STALE) this.metrics.promotions.inc({ campaign: campaignId }, inOrder.length);
  }
}
