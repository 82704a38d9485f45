import { type Failure, FAILURES } from './failures.js';

/** What has become of a person, as far as the log was read. */
export const STATUSES = [
  'waiting',
  'holding',
  'paid',
  'kept',
  'failed',
  'regranted',
  'left',
  'ended',
  'restored',
] as const;

/** `kept`: paid, and the money came back under `keep`; `regranted`: the same under `regrant`; `restored`: gone. */
export type Status = (typeof STATUSES)[number];

/** People whose arrival numbers follow each other. */
interface Run {
  /** Of the first. */
  readonly arrivalNo: number;
  readonly from: number;
  /** The one after the last. */
  to: number;
}

const FIRST_ROOM = 1 << 10;

/**
 * Everybody who has claimed, in the order of the log, in columns: 35 bytes a person. A person is named by the number of
 * their claim (0, 1, 2, …); arrival numbers are found by runs, since a log may skip any number of lost ones.
 */
export class People {
  count = 0;
  private status = new Uint8Array(FIRST_ROOM);
  private promoted = new Uint8Array(FIRST_ROOM);
  /** 0, or one more than the place in FAILURES. */
  private failures = new Uint8Array(FIRST_ROOM);
  private slots = new Float64Array(FIRST_ROOM);
  private claimIndex = new Float64Array(FIRST_ROOM);
  private createdAt = new Float64Array(FIRST_ROOM);
  private arrivals = new Float64Array(FIRST_ROOM);
  private runs: Run[] = [];
  /** Numbers that came after higher ones: a broken log, of which the rest is still to be judged. */
  private readonly stragglers = new Map<number, number>();

  /**
   * @param slot 0 for a place in the line
   * @returns the number of the claim
   */
  add(arrivalNo: number, slot: number, index: number, createdAtMs: number): number {
    const person = this.count;
    if (person === this.status.length) this.grow();
    this.enter(arrivalNo, person);
    this.status[person] = STATUSES.indexOf(slot === 0 ? 'waiting' : 'holding');
    this.slots[person] = slot;
    this.claimIndex[person] = index;
    this.createdAt[person] = createdAtMs;
    this.arrivals[person] = arrivalNo;
    this.count += 1;
    return person;
  }

  /** Who has the highest arrival number; null when nobody has one. */
  get last(): number | null {
    const run = this.runs.at(-1);
    return run ? run.to - 1 : null;
  }

  /** The highest arrival number that anybody has; 0 when nobody has one. */
  get lastArrivalNo(): number {
    return this.last === null ? 0 : this.arrivalNo(this.last);
  }

  /** Who has this arrival number: the latest, if a restored database gave it twice. null if nobody has. */
  find(arrivalNo: number): number | null {
    const { runs } = this;
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((runs[middle]?.arrivalNo ?? 0) <= arrivalNo) low = middle + 1;
      else high = middle;
    }
    const run = runs[low - 1];
    const person = run ? run.from + (arrivalNo - run.arrivalNo) : 0;
    return run && person < run.to ? person : (this.stragglers.get(arrivalNo) ?? null);
  }

  /** From this arrival number on nobody has one any more: the numbers are given again. */
  forgetFrom(arrivalNo: number, forEach: (person: number) => void): void {
    for (let run = this.runs.at(-1); run; run = this.runs.at(-1)) {
      const from = Math.max(run.from, run.from + (arrivalNo - run.arrivalNo));
      for (let person = from; person < run.to; person++) forEach(person);
      if (from > run.from) {
        run.to = Math.min(run.to, from);
        return;
      }
      this.runs.pop();
    }
  }

  statusOf(person: number): Status {
    return STATUSES[this.status[person] ?? 0] ?? 'waiting';
  }

  setStatus(person: number, status: Status): void {
    this.status[person] = STATUSES.indexOf(status);
  }

  /** Why they lost their slot for good; null unless they did. */
  failureOf(person: number): Failure | null {
    return FAILURES[(this.failures[person] ?? 0) - 1] ?? null;
  }

  setFailure(person: number, failure: Failure): void {
    this.failures[person] = FAILURES.indexOf(failure) + 1;
  }

  /** Gives a slot to somebody who waited. */
  promote(person: number, slot: number): void {
    this.setStatus(person, 'holding');
    this.promoted[person] = 1;
    this.slots[person] = slot;
  }

  wasPromoted(person: number): boolean {
    return this.promoted[person] === 1;
  }

  /** The slot that they got last; 0 for none. */
  slotOf(person: number): number {
    return this.slots[person] ?? 0;
  }

  /** Where in the log their claim is. */
  indexOf(person: number): number {
    return this.claimIndex[person] ?? 0;
  }

  createdAtMs(person: number): number {
    return this.createdAt[person] ?? 0;
  }

  arrivalNo(person: number): number {
    return this.arrivals[person] ?? 0;
  }

  private enter(arrivalNo: number, person: number): void {
    const run = this.runs.at(-1);
    const next = run ? run.arrivalNo + (run.to - run.from) : 1;
    if (run && run.to === person && next === arrivalNo) run.to += 1;
    else if (arrivalNo >= next) this.runs.push({ arrivalNo, from: person, to: person + 1 });
    else this.stragglers.set(arrivalNo, person);
  }

  private grow(): void {
    const room = this.status.length * 2;
    const bytes = (column: Uint8Array): Uint8Array<ArrayBuffer> => {
      const grown = new Uint8Array(room);
      grown.set(column);
      return grown;
    };
    const numbers = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(room);
      grown.set(column);
      return grown;
    };
    this.status = bytes(this.status);
    this.promoted = bytes(this.promoted);
    this.failures = bytes(this.failures);
    this.slots = numbers(this.slots);
    this.claimIndex = numbers(this.claimIndex);
    this.createdAt = numbers(this.createdAt);
    this.arrivals = numbers(this.arrivals);
  }
}
