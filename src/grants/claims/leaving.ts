import { Injectable } from '@nestjs/common';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import { type OpenGate, STALE_EPOCH } from '../slots/gate-answers.js';
import type { GateClaim } from '../slots/gate-claim.js';
import { GateKeeper } from '../slots/gate-keeper.js';
import { SlotService } from '../slots/slot.service.js';
import { unavailable } from '../../platform/problems/problem.js';
import type { ClaimRecord } from './claim-record.js';
import { ClaimRecorder } from './claim-recorder.js';
import { ClaimStore } from './claim.store.js';
import { noClaim, noClaimIn } from './no-claim.js';

/** A place that is not durable yet takes three. */
const ATTEMPTS = 5;

/**
 * R25: leaving the line is final. Postgres decides whether a user still waits. The gate is asked before, since it
 * promotes before Postgres knows, and told afterwards.
 */
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
      const found = await this.claims.lookUp(campaignId, [userId]);
      const [record] = found.records;
      if (record && record.status !== 'WAITING') return record;
      const gate = await this.keeper.open(campaignId);
      const held = gate && (await this.slots.recall(gate, userId));
      if (!record && !held) throw noClaim(noClaimIn(found));
      if (gate) await this.takeStep(gate, held, record);
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

  /** One step towards a claim that has left, or a grant. Whether it succeeded shows when Postgres is asked again. */
  private async takeStep(
    { campaignId, epoch }: OpenGate,
    held: GateClaim | null | typeof STALE_EPOCH,
    record: ClaimRecord | undefined,
  ): Promise<void> {
    if (held === STALE_EPOCH) {
      this.keeper.recheck(campaignId);
    } else if (held && record && held.state !== 'PROCESSING') {
      await this.endPlace(campaignId, held.userId);
    } else if (held?.state === 'WAITING' || held?.state === 'PROCESSING') {
      await this.recorder.persist(campaignId, epoch, [held], 'recovery.committed');
    } else {
      this.keeper.requireRebuild(campaignId, epoch); // it knows each place that has a row, and no other that has ended
    }
  }

  /**
   * Whoever promotes this user from now on finds the row of their place: it was durable before the gate was asked, and
   * no promotion was decided by then.
   */
  private async endPlace(campaignId: string, userId: string): Promise<void> {
    if (!(await this.claims.leave(campaignId, userId))) return;
    this.failpoints.reach('place.left');
    await this.tellGate(campaignId, [userId]).catch(() => undefined); // otherwise the reaper does it
  }
}
