import { Injectable } from '@nestjs/common';
import { Doorbell } from '../../doorbell/doorbell.js';
import type { Failpoint } from '../../platform/failpoints/failpoint.js';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { GateClaim } from '../slots/gate-claim.js';
import { GateKeeper } from '../slots/gate-keeper.js';
import { STALE_EPOCH } from '../slots/gate-answers.js';
import { SlotService } from '../slots/slot.service.js';
import { type ClaimRecord, isOut, recordOf } from './claim-record.js';
import { ClaimStore } from './claim.store.js';

/**
 * Rolls forward what the gate has decided: writes it to Postgres, rings for claims that hold a slot, and tells the gate
 * which places in the line are durable. Any process that finds a decision that is not durable may do this, any number
 * of times.
 */
@Injectable()
export class ClaimRecorder {
  constructor(
    private readonly claims: ClaimStore,
    private readonly slots: SlotService,
    private readonly doorbell: Doorbell,
    private readonly keeper: GateKeeper,
    private readonly failpoints: Failpoints,
    private readonly tracing: Tracing,
  ) {}

  /**
   * @param claims in order of arrival, each user once
   * @param committed reached after the commit and before the ring
   * @returns every claim as Postgres holds it now; STALE_EPOCH when the gate is no longer trusted: its epoch is over
   *   (R1), or it gave a user a place that belongs to another (R3)
   */
  async persist(
    campaignId: string,
    epoch: string,
    claims: readonly GateClaim[],
    committed: Extract<Failpoint, `${string}.committed`>,
  ): Promise<ReadonlyMap<string, ClaimRecord> | typeof STALE_EPOCH> {
    if (claims.length === 0) return new Map();
    const written = await this.tracing.run('claims.commit', { claims: claims.length }, () =>
      this.claims.insert(campaignId, epoch, claims),
    );
    if (written === STALE_EPOCH) {
      this.keeper.recheck(campaignId);
      return STALE_EPOCH;
    }
    this.failpoints.reach(committed);
    const mine = claims.filter(({ userId }) => written.userIds.has(userId));
    const others = claims.filter(({ userId }) => !written.userIds.has(userId));

    const records = new Map(mine.map((claim) => [claim.userId, recordOf(claim, written)]));
    this.announce(campaignId, mine);

    // Another process rolled these forward at the same time, or their place is taken.
    for (const record of await this.find(campaignId, others)) records.set(record.userId, record);
    if (others.every((claim) => agree(claim, records.get(claim.userId)))) return records;
    this.keeper.requireRebuild(campaignId, epoch);
    return STALE_EPOCH;
  }

  /** Neither call is awaited: the reaper makes up for lost ones (R10). */
  private announce(campaignId: string, claims: readonly GateClaim[]): void {
    const waiting = claims.filter(({ grantSeq }) => grantSeq === null).map(({ userId }) => userId);
    if (waiting.length < claims.length) this.doorbell.ringWhenQuiet(campaignId);
    this.slots.confirmPlaces(campaignId, waiting).catch(() => undefined);
  }

  private find(campaignId: string, claims: readonly GateClaim[]): Promise<readonly ClaimRecord[]> {
    if (claims.length === 0) return Promise.resolve([]);
    return this.claims.find(
      campaignId,
      claims.map(({ userId }) => userId),
    );
  }
}

/** Whether Postgres holds this claim with the same arrival number and, if it has a slot, the same slot. */
function agree(claim: GateClaim, record: ClaimRecord | undefined): boolean {
  if (record?.arrivalNo !== claim.arrivalNo) return false;
  return claim.grantSeq === null || record.grantSeq === claim.grantSeq || isOut(record.status);
}
