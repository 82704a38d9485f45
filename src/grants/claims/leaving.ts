import { Injectable } from '@nestjs/common';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import { STALE_EPOCH } from '../slots/gate-answers.js';
import { GateKeeper } from '../slots/gate-keeper.js';
import { SlotService } from '../slots/slot.service.js';
import { unavailable } from '../../platform/problems/problem.js';
import type { ClaimRecord } from './claim-record.js';
import { ClaimRecorder } from './claim-recorder.js';
import { ClaimStore } from './claim.store.js';
import { noClaim, noClaimIn } from './no-claim.js';

const ATTEMPTS = 3;

/** R25: leaving the line is final. Postgres decides whether a user still waits; the gate is told afterwards. */
@Injectable()
export class Leaving {
  constructor(
    private readonly claims: ClaimStore,
    private readonly recorder: ClaimRecorder,
    private readonly slots: SlotService,
    private readonly keeper: GateKeeper,
    private readonly failpoints: Failpoints,
  ) {}

  /**
   * A user who waits leaves. A user who has left, or was told that the campaign ended, stays out; a user who has a
   * grant keeps it. Safe to repeat.
   * @returns the claim as it stands now, never WAITING
   * @throws Problem 404 when neither Postgres nor the gate knows of a claim; 503 when that is not known
   */
  async leave(campaignId: string, userId: string): Promise<ClaimRecord> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (await this.claims.leave(campaignId, userId)) {
        this.failpoints.reach('place.left');
        await this.tellGate(campaignId, [userId]).catch(() => undefined); // otherwise the reaper does it
      }
      const found = await this.claims.lookUp(campaignId, [userId]);
      const [record] = found.records;
      if (record && record.status !== 'WAITING') return record;
      if (!record && !(await this.rollForward(campaignId, userId))) {
        throw noClaim(noClaimIn(found));
      }
    }
    throw unavailable('The claim is being recorded.');
  }

  /**
   * Tells the gate that these users left, so that its line goes on without them. If it has promoted one meanwhile, that
   * promotion never becomes durable, and the reaper passes the slot on.
   */
  async tellGate(campaignId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    const gate = await this.keeper.open(campaignId);
    if (!gate || !(await this.slots.endLine(campaignId, userIds))) return;
    await this.claims.noteGateTold(campaignId, gate.epoch, userIds);
  }

  /**
   * Makes a place durable that only the gate knows, so that its user can leave it: otherwise they might get it after
   * they have left.
   */
  private async rollForward(campaignId: string, userId: string): Promise<boolean> {
    const gate = await this.keeper.open(campaignId);
    if (!gate) return false;
    const claim = await this.slots.recall(gate, userId);
    if (claim === null) return false;
    if (claim === STALE_EPOCH) {
      this.keeper.recheck(campaignId);
    } else if (claim.state === 'WAITING' || claim.state === 'PROCESSING') {
      await this.recorder.persist(campaignId, gate.epoch, [claim], 'recovery.committed');
    } else {
      this.keeper.requireRebuild(campaignId, gate.epoch); // a claim that came to its end has a row
    }
    return true;
  }
}
