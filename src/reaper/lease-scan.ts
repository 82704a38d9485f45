import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Environment } from '../platform/config/environment.js';
import { Doorbell } from '../doorbell/doorbell.js';
import { Failpoints } from '../platform/failpoints/failpoints.js';
import type { GateClaim, SlotHolder } from '../grants/slots/gate-claim.js';
import { GateKeeper } from '../grants/slots/gate-keeper.js';
import { type ExpiredSlot, STALE_EPOCH } from '../grants/slots/gate-answers.js';
import { SlotService } from '../grants/slots/slot.service.js';
import { ClaimRecorder } from '../grants/claims/claim-recorder.js';
import { ClaimStore } from '../grants/claims/claim.store.js';
import { GateUpdate } from '../grants/claims/gate-update.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { decideLease, type LeaseDecision } from './lease-decision.js';
import type { Found, Look, ReaperTask } from './look.js';

/** Batches of REAPER_BATCH_SIZE leases in one look. */
const BATCHES = 10;

/** Campaigns with suspects at most: another reaper may look at a campaign next, so an entry may never be removed. */
const MOST_SUSPECTED = 10_000;

type Decided = Record<LeaseDecision, ExpiredSlot[]>;

/**
 * Looks at every slot and every place in the line whose lease has expired, and does what Postgres says. Each step
 * changes something only if the state is still as it was read, so any number of reapers and workers may do this at
 * once.
 */
@Injectable()
export class LeaseScan implements ReaperTask {
  readonly name = 'leases';
  /** Slots that contradicted Postgres at the last look, by campaign. A campaign without any has no entry. */
  private readonly suspects = new LRUCache<string, ReadonlySet<string>>({ max: MOST_SUSPECTED });

  constructor(
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
    private readonly claims: ClaimStore,
    private readonly recorder: ClaimRecorder,
    private readonly gateUpdate: GateUpdate,
    private readonly doorbell: Doorbell,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
    private readonly failpoints: Failpoints,
  ) {}

  async perform({ campaign: { id } }: Look): Promise<Found> {
    this.keeper.recheck(id); // R3: while nobody asks, nothing else finds a gate that went bad since the last look
    if (!(await this.keeper.open(id, { isUrgent: false }))) return 'nothing';
    const suspected = this.suspects.get(id);
    this.suspects.delete(id);
    let found: Found = 'nothing';
    for (let batch = 0; batch < BATCHES; batch++) {
      const recovered = await this.recoverBatch(id, suspected);
      if (recovered !== 'more') return recovered === 'nothing' ? found : recovered;
      found = 'something';
    }
    return 'more';
  }

  private async recoverBatch(campaignId: string, suspected: ReadonlySet<string> | undefined): Promise<Found> {
    const limit = this.environment.REAPER_BATCH_SIZE;
    const expired = await this.slots.expired(campaignId, limit);
    if (expired === STALE_EPOCH) {
      this.keeper.recheck(campaignId);
      return 'something';
    }
    const { epoch, slots, places } = expired;
    if (slots.length + places.length === 0) return 'nothing';
    this.metrics.leasesExpired.inc({ campaign: campaignId }, slots.length + places.length);

    const decided = await this.decide(campaignId, slots);
    this.failpoints.reach('lease.judged');
    await this.rollForward(campaignId, epoch, [
      ...decided['roll-forward'].flatMap(({ claim }) => claim ?? []),
      ...places,
    ]);
    await this.slots.renew(campaignId, decided['roll-forward'].map(holderOf));
    await this.gateUpdate.settle(campaignId, decided.settle.map(holderOf));
    await this.gateUpdate.free(campaignId, [...decided.free, ...decided.reclaim].map(holderOf));
    await this.ring(campaignId, decided.ring);
    this.suspect(campaignId, epoch, decided.distrust, suspected);
    this.report(campaignId, decided, places.length);
    // What is distrusted stays where it is until the next round.
    const isFull = slots.length === limit || places.length === limit;
    return isFull && decided.distrust.length === 0 ? 'more' : 'something';
  }

  private async decide(campaignId: string, slots: readonly ExpiredSlot[]): Promise<Decided> {
    const decided: Decided = {
      settle: [],
      free: [],
      ring: [],
      'roll-forward': [],
      reclaim: [],
      distrust: [],
    };
    if (slots.length === 0) return decided;
    const userIds = slots.flatMap(({ claim }) => claim?.userId ?? []);
    const [records, liveSlots] = await Promise.all([
      this.claims.find(campaignId, userIds),
      this.claims.liveSlots(
        campaignId,
        slots.map(({ grantSeq }) => grantSeq),
      ),
    ]);
    const byUser = new Map(records.map((record) => [record.userId, record]));
    for (const slot of slots) {
      const record = slot.claim ? byUser.get(slot.claim.userId) : undefined;
      decided[decideLease(slot, record, liveSlots.has(slot.grantSeq))].push(slot);
    }
    return decided;
  }

  private async rollForward(campaignId: string, epoch: string, claims: readonly GateClaim[]): Promise<void> {
    const inOrder = claims.toSorted((a, b) => a.arrivalNo - b.arrivalNo);
    const written = await this.recorder.persist(campaignId, epoch, inOrder, 'recovery.committed');
    // Also of those that were durable already.
    if (written !== STALE_EPOCH) await this.slots.confirmPlaces(campaignId, [...written.keys()]);
  }

  private async ring(campaignId: string, slots: readonly ExpiredSlot[]): Promise<void> {
    if (slots.length === 0) return;
    await this.doorbell.ring(campaignId);
    this.failpoints.reach('lease.rung');
    await this.slots.renew(campaignId, slots.map(holderOf));
  }

  /**
   * A slot that contradicts Postgres once may have changed between the two reads; one that does so again at the next
   * look condemns the gate.
   */
  private suspect(
    campaignId: string,
    epoch: string,
    slots: readonly ExpiredSlot[],
    suspected: ReadonlySet<string> | undefined,
  ): void {
    if (slots.length === 0) return;
    const suspects = new Set(slots.map((slot) => `${epoch} ${slot.grantSeq} ${slot.userId}`));
    if ([...suspects].some((suspect) => suspected?.has(suspect)))
      this.keeper.requireRebuild(campaignId, epoch);
    else this.suspects.set(campaignId, suspects);
  }

  private report(campaignId: string, decided: Decided, places: number): void {
    const counts = Object.entries(decided).map(([decision, slots]): [string, number] => [
      decision,
      slots.length,
    ]);
    for (const [decision, count] of [...counts, ['roll-forward-place', places] as const]) {
      if (count > 0) this.metrics.recoveries.inc({ campaign: campaignId, decision }, count);
    }
  }
}

function holderOf({ grantSeq, userId }: ExpiredSlot): SlotHolder {
  return { grantSeq, userId };
}
