import type { Leaf, LeafOf } from '../formats/leaf.js';
import { ArrivalEpochs } from './arrival-epochs.js';
import { type LoggedTerms, LoggedTermsHistory } from './logged-terms.js';
import { Place, Places } from './places.js';
import { Slots } from './slots.js';

/** A leaf that is about one campaign. */
export type CampaignLeaf = Exclude<Leaf, { kind: 'log' }>;

/** A leaf about what became of one person. */
export type OutcomeLeaf = Extract<
  Leaf,
  { kind: 'promote' | 'paid' | 'failed' | 'revoked' | 'reversed' | 'left' | 'ended' }
>;

/** A sentence that says which rule of docs/transparency.md a leaf would break; null when it breaks none. */
export type Refusal = string | null;

/** Whether the log takes leaves of a campaign: it does, it is over, or the log stopped or never began. */
export type Standing = 'open' | 'ended' | 'stopped' | 'unproven';

/**
 * A campaign as its leaves tell it: the state of docs/transparency.md, "What each leaf means", and its rules. The log
 * takes no leaf that `justify` refuses. Two things are left to Postgres, which holds them by keys: that nobody claims
 * twice (C is new), and that a person's slot never changes. Memory: five bytes an arrival, one a slot.
 */
export class CampaignReplay {
  private terms: LeafOf<'terms'> | null = null;
  private history = new LoggedTermsHistory(0);
  private places = new Places();
  private epochs = new ArrivalEpochs();
  private slots = new Slots();
  private waiting = 0;
  private head = 1;
  private next = 1;
  /** The `full` that the last claim calls for. */
  private dueFull: LeafOf<'full'> | null = null;
  private stands: Standing = 'open';
  private counts = { arrivals: 0, holding: 0, paid: 0, failed: 0, left: 0, ended: 0 };

  /** The same, on its own from now on. Costs the memory, and no more. */
  copy(): CampaignReplay {
    const copy = Object.assign(new CampaignReplay(), this);
    copy.history = this.history.copy();
    copy.places = this.places.copy();
    copy.epochs = this.epochs.copy();
    copy.slots = this.slots.copy();
    copy.counts = { ...this.counts };
    return copy;
  }

  get standing(): Standing {
    return this.stands;
  }

  get nextArrivalNo(): number {
    return this.next;
  }

  /** The last revision of the campaign that the log has. */
  get revision(): number {
    return this.current.revision;
  }

  /** What the terms commit to; null when that is no list, or there are no terms yet. */
  get eligibleRoot(): string | null {
    return this.terms?.eligibleRoot ?? null;
  }

  private get current(): LoggedTerms {
    return this.history.newest;
  }

  /** The last number that was known to the newest rebuild; null before the first epoch. */
  get rebuiltUpTo(): number | null {
    return this.epochs.newest?.lastArrivalNo ?? null;
  }

  /** The newest epoch; 0 before the first. */
  get epoch(): number {
    return this.epochs.newest?.epoch ?? 0;
  }

  /** The first person of the line; null when nobody waits. */
  get headOfLine(): number | null {
    return this.waiting === 0 ? null : this.firstWaiting();
  }

  /** What became of this arrival number. */
  placeOf(arrivalNo: number): Place {
    return this.places.at(arrivalNo);
  }

  /** 0 when nobody with this number ever had a slot. */
  slotOf(arrivalNo: number): number {
    return this.places.slotOf(arrivalNo);
  }

  /** The epoch that a claim with this number belongs to; null before the first epoch. */
  epochOf(arrivalNo: number): number | null {
    return this.epochs.of(arrivalNo)?.epoch ?? null;
  }

  /** The numbers from the next one up to `upTo`, as the first `lost` leaf has to say it. */
  lostUpTo(upTo: number, campaign: string): LeafOf<'lost'> | null {
    const first = this.epochs.firstAfter(this.next);
    if (!first) return null;
    const to = Math.min(upTo, first.lastArrivalNo);
    return { kind: 'lost', campaign, epoch: first.epoch, from: this.next, to };
  }

  /** The leaf that must come before any other; null when none is due. */
  get due(): LeafOf<'full'> | null {
    return this.dueFull;
  }

  /** The leaf that closes the campaign, as its counts are now. */
  endLeaf(campaign: string, atMs: number): LeafOf<'end'> {
    const { arrivals, paid, failed, left, ended } = this.counts;
    return { kind: 'end', campaign, arrivals, paid, failed, left, ended, atMs };
  }

  /** Whether the log holds already what this leaf says of a person. */
  has(leaf: OutcomeLeaf): boolean {
    const place = this.places.at(leaf.arrivalNo);
    switch (leaf.kind) {
      case 'promote':
        return place !== Place.None && place !== Place.Waiting;
      case 'paid':
        return place === Place.Paid || place === Place.Kept || place === Place.Regranted;
      case 'failed':
      case 'revoked':
        return place === Place.Failed;
      case 'reversed':
        return place === Place.Kept || place === Place.Regranted;
      case 'left':
        return place === Place.Left;
      case 'ended':
        return place === Place.Ended;
    }
  }

  justify(leaf: CampaignLeaf): Refusal {
    if (leaf.kind === 'terms' || leaf.kind === 'unproven')
      return this.terms || this.stands !== 'open' ? 'The campaign is in the log already.' : null;
    if (!this.terms) return 'The terms of the campaign are not in the log.';
    if (this.stands === 'stopped' || this.stands === 'unproven')
      return 'The log of the campaign was stopped.';
    if (leaf.kind === 'restored') return this.justifyRestored(leaf);
    if (this.stands === 'ended')
      return leaf.kind === 'reversed' && leaf.effect === 'keep'
        ? this.justifyReversal(leaf)
        : 'The campaign has ended.';
    if (this.dueFull) return this.justifyFull(leaf);
    switch (leaf.kind) {
      case 'epoch':
        return this.justifyEpoch(leaf);
      case 'lost':
        return this.justifyLost(leaf);
      case 'claim':
        return this.justifyClaim(leaf);
      case 'full':
        return 'The last claim left room.';
      case 'promote':
        return this.justifyPromotion(leaf);
      case 'paid':
      case 'failed':
      case 'revoked':
        return this.holds(leaf) ? null : 'This person does not hold the slot unpaid.';
      case 'reversed':
        return this.justifyReversal(leaf);
      case 'left':
        return this.waits(leaf.arrivalNo);
      case 'ended':
        return this.justifyEnded(leaf);
      case 'state':
        return this.justifyState(leaf);
      case 'stopped':
        return null;
      case 'end':
        return this.justifyEnd(leaf);
    }
  }

  /** @param leaf that `justify` allows */
  apply(leaf: CampaignLeaf): void {
    switch (leaf.kind) {
      case 'terms':
        this.terms = leaf;
        this.history = new LoggedTermsHistory(leaf.waitingCapacity);
        return;
      case 'unproven':
        this.stands = 'unproven';
        return;
      case 'stopped':
        this.stands = 'stopped';
        return;
      case 'end':
        this.stands = 'ended';
        return;
      case 'epoch':
        this.epochs.add(leaf, this.next - 1);
        return;
      case 'lost':
        this.next = leaf.to + 1;
        return;
      case 'claim':
        this.applyClaim(leaf);
        return;
      case 'full':
        this.dueFull = null;
        return;
      case 'state':
        this.history.add(leaf, this.next - 1);
        return;
      case 'restored':
        this.applyRestored(leaf);
        return;
      default:
        this.applyOutcome(leaf);
    }
  }

  private justifyEpoch({ epoch, lastArrivalNo }: LeafOf<'epoch'>): Refusal {
    if (epoch <= this.epoch) return 'Epochs rise.';
    if (lastArrivalNo < (this.rebuiltUpTo ?? 0) || lastArrivalNo < this.next - 1)
      return 'A rebuild knew fewer claims than the log.';
    return this.epochs.newest === null && lastArrivalNo !== 0
      ? 'The first gate was built after somebody had claimed.'
      : null;
  }

  private justifyLost({ epoch, from, to }: LeafOf<'lost'>): Refusal {
    if (from !== this.next || to < from) return 'It does not begin at the next arrival number.';
    const first = this.epochs.firstAfter(from);
    if (!first || to > first.lastArrivalNo) return 'No rebuild came after these numbers, or more than one.';
    return epoch === first.epoch ? null : 'Another rebuild was the first after these numbers.';
  }

  private justifyClaim({ arrivalNo, epoch, slot }: LeafOf<'claim'>): Refusal {
    if (arrivalNo !== this.next) return 'It is not the next arrival number.';
    if (epoch !== this.epochOf(arrivalNo)) return 'The number belongs to another epoch.';
    if (this.current.inForce !== 'OPEN') return 'The campaign takes no claims.';
    if (slot === null) return this.waiting < this.current.waitingCapacity ? null : 'The line is full.';
    if (this.waiting > 0) return 'Somebody waits.';
    return this.isFree(slot) ? null : 'The slot is not free.';
  }

  private justifyFull(leaf: CampaignLeaf): Refusal {
    const due = this.dueFull;
    const isDue =
      leaf.kind === 'full' &&
      leaf.arrivalNo === due?.arrivalNo &&
      leaf.epoch === due.epoch &&
      leaf.atMs === due.atMs;
    return isDue ? null : 'The last claim took the last place.';
  }

  private justifyPromotion({ arrivalNo, slot }: LeafOf<'promote'>): Refusal {
    const refusal = this.waits(arrivalNo);
    if (refusal) return refusal;
    if (this.firstWaiting() !== arrivalNo) return 'Somebody waits who came earlier.';
    return this.isFree(slot) ? null : 'The slot is not free.';
  }

  private justifyReversal({ arrivalNo, slot, effect }: LeafOf<'reversed'>): Refusal {
    if (this.places.at(arrivalNo) !== Place.Paid || this.places.slotOf(arrivalNo) !== slot)
      return 'This person was not paid with this slot, or the money came back already.';
    return effect === 'regrant' && this.terms?.reversalPolicy !== 'regrant'
      ? 'The terms do not pass on a slot whose money came back.'
      : null;
  }

  private justifyEnded({ arrivalNo }: LeafOf<'ended'>): Refusal {
    const refusal = this.waits(arrivalNo);
    if (refusal) return refusal;
    const capacity = this.terms?.capacity ?? 0;
    return this.counts.paid === capacity ||
      (this.current.inForce === 'CLOSED' && this.slots.taken === capacity)
      ? null
      : 'A slot can still become free.';
  }

  private justifyState({ revision, state, afterArrivalNo }: LeafOf<'state'>): Refusal {
    if (revision <= this.current.revision) return 'Revisions rise.';
    if (this.current.isClosed && state !== 'CLOSED') return 'CLOSED is final.';
    return afterArrivalNo === null || afterArrivalNo === this.next - 1
      ? null
      : 'The gate took the change after another arrival number.';
  }

  private justifyRestored({ from, to }: LeafOf<'restored'>): Refusal {
    return to === this.next - 1 && from <= to + 1 ? null : 'These are not the last numbers in the log.';
  }

  private justifyEnd(leaf: LeafOf<'end'>): Refusal {
    if (this.counts.holding > 0) return 'Somebody holds a slot unpaid.';
    if (this.waiting > 0) return 'Somebody waits.';
    if (!this.current.isClosed && this.counts.paid < (this.terms?.capacity ?? 0))
      return 'Slots are left, and it is not closed.';
    const counted = this.endLeaf(leaf.campaign, leaf.atMs);
    const isRight = (['arrivals', 'paid', 'failed', 'left', 'ended'] as const).every(
      (name) => leaf[name] === counted[name],
    );
    return isRight ? null : 'The counts differ from the leaves.';
  }

  private applyClaim({ campaign, arrivalNo, epoch, createdAtMs, slot }: LeafOf<'claim'>): void {
    this.next = arrivalNo + 1;
    this.counts.arrivals += 1;
    if (slot === null) {
      this.places.put(arrivalNo, Place.Waiting, 0);
      if (this.waiting === 0) this.head = arrivalNo;
      this.waiting += 1;
    } else {
      this.hold(arrivalNo, slot);
    }
    const isFull = this.slots.taken === this.terms?.capacity && this.waiting >= this.current.waitingCapacity;
    if (isFull) this.dueFull = { kind: 'full', campaign, epoch, arrivalNo, atMs: createdAtMs };
  }

  private applyOutcome(leaf: OutcomeLeaf): void {
    const { arrivalNo } = leaf;
    switch (leaf.kind) {
      case 'promote':
        this.waiting -= 1;
        this.hold(arrivalNo, leaf.slot);
        return;
      case 'paid':
        this.places.put(arrivalNo, Place.Paid, leaf.slot);
        this.counts.holding -= 1;
        this.counts.paid += 1;
        return;
      case 'failed':
      case 'revoked':
        this.places.put(arrivalNo, Place.Failed, leaf.slot);
        this.slots.release(leaf.slot);
        this.counts.holding -= 1;
        this.counts.failed += 1;
        return;
      case 'reversed':
        this.places.put(arrivalNo, leaf.effect === 'keep' ? Place.Kept : Place.Regranted, leaf.slot);
        if (leaf.effect === 'keep') return;
        this.slots.release(leaf.slot);
        this.counts.paid -= 1;
        this.counts.failed += 1;
        return;
      case 'left':
      case 'ended':
        this.waiting -= 1;
        this.places.put(arrivalNo, leaf.kind === 'left' ? Place.Left : Place.Ended, 0);
        this.counts[leaf.kind] += 1;
    }
  }

  private applyRestored({ from }: LeafOf<'restored'>): void {
    for (let arrivalNo = from; arrivalNo < this.next; arrivalNo += 1) this.forget(arrivalNo);
    this.next = from;
    this.head = Math.min(this.head, from);
    this.epochs.forgetFrom(from);
    this.history.forgetFrom(from);
    this.dueFull = null;
    this.stands = 'open';
  }

  /** Takes a claim back that a database no longer has. */
  private forget(arrivalNo: number): void {
    const place = this.places.at(arrivalNo);
    if (place === Place.None) return;
    this.counts.arrivals -= 1;
    if (place === Place.Waiting) this.waiting -= 1;
    if (place === Place.Holding) this.counts.holding -= 1;
    if (place === Place.Paid || place === Place.Kept) this.counts.paid -= 1;
    if (place === Place.Failed || place === Place.Regranted) this.counts.failed -= 1;
    if (place === Place.Left) this.counts.left -= 1;
    if (place === Place.Ended) this.counts.ended -= 1;
    if (place === Place.Holding || place === Place.Paid || place === Place.Kept)
      this.slots.release(this.places.slotOf(arrivalNo));
    this.places.put(arrivalNo, Place.None, 0);
  }

  private hold(arrivalNo: number, slot: number): void {
    this.places.put(arrivalNo, Place.Holding, slot);
    this.slots.take(slot);
    this.counts.holding += 1;
  }

  private isFree(slot: number): boolean {
    return slot <= (this.terms?.capacity ?? 0) && !this.slots.isTaken(slot);
  }

  private holds({ arrivalNo, slot }: Extract<OutcomeLeaf, { kind: 'paid' | 'failed' | 'revoked' }>): boolean {
    return this.places.at(arrivalNo) === Place.Holding && this.places.slotOf(arrivalNo) === slot;
  }

  private waits(arrivalNo: number): Refusal {
    return this.places.at(arrivalNo) === Place.Waiting ? null : 'This person does not wait.';
  }

  /** Somebody waits. The head of the line only moves on, so all looks together pass each number once. */
  private firstWaiting(): number {
    while (this.places.at(this.head) !== Place.Waiting) this.head += 1;
    return this.head;
  }
}
