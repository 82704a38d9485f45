import { createHash } from 'node:crypto';

/** What a campaign gives, and to how many. */
export interface WrittenTerms {
  readonly campaign: string;
  readonly capacity: number;
  readonly waitingCapacity: number;
  readonly reversalPolicy: 'keep' | 'regrant';
}

const OPENS_AT = 1_764_100_000_000;

/** 32 bytes that stand for somebody or something. */
export function hashOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64');
}

/**
 * Writes the leaves of an honest campaign, as docs/transparency.md has them: a service in miniature, which shares no
 * code with the log's writer and none with the verifier.
 */
export class CampaignWriter {
  readonly waiting: number[] = [];
  readonly holding = new Map<number, number>();
  readonly paid = new Map<number, number>();
  /** One more than the last arrival number. */
  next = 1;
  isOpen = true;
  private readonly freeSlots: number[] = [];
  private slotsUsed = 0;
  private waitingCapacity: number;
  private readonly counts = { arrivals: 0, failed: 0, left: 0, ended: 0 };
  private readonly epochs: { epoch: number; last: number }[] = [];
  private revision = 1;
  private now = OPENS_AT;

  /**
   * @param write takes a leaf
   * @param commitmentOf C of the person with this arrival number
   */
  constructor(
    readonly terms: WrittenTerms,
    private readonly write: (leaf: string) => void,
    private readonly commitmentOf: (arrivalNo: number) => string = (n) => hashOf(`${terms.campaign} ${n}`),
  ) {
    this.waitingCapacity = terms.waitingCapacity;
  }

  begin(): void {
    const { campaign, capacity, waitingCapacity, reversalPolicy } = this.terms;
    const key = hashOf('key');
    const money = `10 KRW ${OPENS_AT} - ${reversalPolicy} - ${key}`;
    this.write(`v1 terms ${campaign} ${capacity} ${waitingCapacity} ${money} ${OPENS_AT - 60_000}`);
    this.rebuild(0);
  }

  get free(): number {
    return this.terms.capacity - this.slotsUsed + this.freeSlots.length;
  }

  /** Somebody asks. @returns whether they got in */
  claim(): boolean {
    const { campaign } = this.terms;
    const direct = this.waiting.length === 0 && this.free > 0;
    if (!this.isOpen || (!direct && this.waiting.length >= this.waitingCapacity)) return false;
    const arrivalNo = this.next++;
    const epoch = this.epochs.findLast(({ last }) => last < arrivalNo)?.epoch ?? 0;
    const slot = direct ? this.takeSlot() : '-';
    const at = this.tick();
    this.write(`v1 claim ${campaign} ${epoch} ${arrivalNo} ${at} ${slot} ${this.commitmentOf(arrivalNo)}`);
    this.counts.arrivals += 1;
    if (slot === '-') this.waiting.push(arrivalNo);
    else this.holding.set(arrivalNo, slot);
    if (this.free === 0 && this.waiting.length >= this.waitingCapacity)
      this.write(`v1 full ${campaign} ${epoch} ${arrivalNo} ${at}`);
    return true;
  }

  /** The head of the line gets a free slot. */
  promote(): void {
    if (this.free === 0) return;
    const arrivalNo = this.waiting.shift();
    if (arrivalNo === undefined) return;
    const slot = this.takeSlot();
    this.holding.set(arrivalNo, slot);
    this.about('promote', arrivalNo, slot, '');
  }

  pay(arrivalNo: number): void {
    const slot = this.release(arrivalNo);
    this.paid.set(arrivalNo, slot);
    this.about('paid', arrivalNo, slot, ` ${hashOf(`paid ${arrivalNo}`)}`);
  }

  fail(arrivalNo: number, kind: 'failed' | 'revoked' = 'failed'): void {
    const slot = this.release(arrivalNo);
    this.freeSlots.push(slot);
    this.counts.failed += 1;
    this.about(kind, arrivalNo, slot, kind === 'failed' ? ' wallet-closed -' : ' -');
  }

  reverse(arrivalNo: number, effect: 'keep' | 'regrant'): void {
    const slot = this.paid.get(arrivalNo) ?? 0;
    this.about('reversed', arrivalNo, slot, ` ${effect} -`);
    if (effect === 'keep') return;
    this.paid.delete(arrivalNo);
    this.freeSlots.push(slot);
    this.counts.failed += 1;
  }

  leave(arrivalNo: number): void {
    this.waiting.splice(this.waiting.indexOf(arrivalNo), 1);
    this.counts.left += 1;
    this.write(`v1 left ${this.terms.campaign} ${arrivalNo} ${this.tick()}`);
  }

  /**
   * The gate is lost, and with it numbers that had been assigned and were told to nobody.
   * @param lost how many
   * @param late how many claims of the gate before are logged after its rebuild; the lost numbers follow them
   */
  rebuild(lost: number, late = 0): void {
    const { campaign } = this.terms;
    const epoch = (this.epochs.at(-1)?.epoch ?? 0) + 1;
    const last = this.next - 1 + late + lost;
    this.epochs.push({ epoch, last });
    this.write(`v1 epoch ${campaign} ${epoch} ${last} ${this.tick()}`);
    for (let claimed = 0; claimed < late; claimed++) if (!this.claim()) break;
    if (this.next > last) return;
    this.write(`v1 lost ${campaign} ${epoch} ${this.next} ${last}`);
    this.next = last + 1;
  }

  change(state: 'OPEN' | 'PAUSED' | 'CLOSED', waitingCapacity = this.waitingCapacity): void {
    this.isOpen = state === 'OPEN';
    this.waitingCapacity = waitingCapacity;
    this.revision += 1;
    const times = `${OPENS_AT} -`;
    const { campaign } = this.terms;
    this.write(
      `v1 state ${campaign} ${this.revision} ${state} ${times} ${waitingCapacity} ${this.next - 1} - ${this.tick()}`,
    );
  }

  /** Everybody who is left comes to an end. */
  end(): void {
    const { campaign, capacity } = this.terms;
    while (this.free > 0 && this.waiting.length > 0) this.promote();
    for (const arrivalNo of [...this.holding.keys()]) this.pay(arrivalNo);
    this.change('CLOSED');
    for (const arrivalNo of this.waiting.splice(0)) {
      this.counts.ended += 1;
      this.write(`v1 ended ${campaign} ${arrivalNo} ${this.tick()}`);
    }
    const { arrivals, failed, left, ended } = this.counts;
    if (ended > 0 && this.paid.size < capacity) throw new Error('An honest campaign turns nobody away.');
    this.write(`v1 end ${campaign} ${arrivals} ${this.paid.size} ${failed} ${left} ${ended} ${this.tick()}`);
  }

  private about(kind: string, arrivalNo: number, slot: number, more: string): void {
    this.write(`v1 ${kind} ${this.terms.campaign} ${arrivalNo} ${slot}${more} ${this.tick()}`);
  }

  private takeSlot(): number {
    return this.freeSlots.shift() ?? ++this.slotsUsed;
  }

  private release(arrivalNo: number): number {
    const slot = this.holding.get(arrivalNo) ?? 0;
    this.holding.delete(arrivalNo);
    return slot;
  }

  private tick(): number {
    this.now += 7;
    return this.now;
  }
}
