import { Injectable } from '@nestjs/common';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import type { SlotHolder } from '../slots/gate-claim.js';
import { GateKeeper } from '../slots/gate-keeper.js';
import { STALE_EPOCH } from '../slots/gate-answers.js';
import { SlotService } from '../slots/slot.service.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { ClaimRecorder } from './claim-recorder.js';

/** A slot whose holder's payout has ended. */
interface ConcludedGrant extends SlotHolder {
  readonly status: 'SUCCESS' | 'FAILED';
}

/**
 * Tells the gate the outcome of payouts that have ended in Postgres, and makes durable that a freed slot belongs to the
 * next user in line. Safe to repeat, and to interrupt anywhere: the reaper finds what is left to do.
 */
@Injectable()
export class GateUpdate {
  constructor(
    private readonly slots: SlotService,
    private readonly keeper: GateKeeper,
    private readonly recorder: ClaimRecorder,
    private readonly metrics: Metrics,
    private readonly failpoints: Failpoints,
  ) {}

  /** Tells the gate about grants that have ended in Postgres, paid or rejected. */
  async conclude(campaignId: string, ended: readonly ConcludedGrant[]): Promise<void> {
    await this.settle(
      campaignId,
      ended.filter(({ status }) => status === 'SUCCESS'),
    );
    await this.free(
      campaignId,
      ended.filter(({ status }) => status === 'FAILED'),
    );
  }

  /** Tells the gate that these were paid. */
  async settle(campaignId: string, holders: readonly SlotHolder[]): Promise<void> {
    if (holders.length === 0) return;
    await this.slots.settle(campaignId, holders);
    this.failpoints.reach('gate.settled');
  }

  /**
   * Frees slots whose payouts were rejected, or came back after they were paid; with an empty user id, a slot that
   * nobody holds.
   * @returns the epoch of the gate that was told; null when none was, or when what it decided could not be made durable
   */
  async free(campaignId: string, holders: readonly SlotHolder[]): Promise<string | null> {
    if (holders.length === 0) return null;
    const freed = await this.slots.free(campaignId, holders);
    if (freed === STALE_EPOCH) {
      this.keeper.recheck(campaignId);
      return null;
    }
    this.failpoints.reach('gate.freed');
    const inOrder = freed.promotions.toSorted((a, b) => a.arrivalNo - b.arrivalNo);
    const written = await this.recorder.persist(campaignId, freed.epoch, inOrder, 'promotion.committed');
    if (written === STALE_EPOCH) return null;
    this.metrics.promotions.inc({ campaign: campaignId }, inOrder.length);
    return freed.epoch;
  }
}
