/** What the gate does since the last `state` leaf that was in force; at first what the terms say. */
export interface InForce {
  readonly state: 'OPEN' | 'PAUSED' | 'CLOSED';
  readonly opensAt: number | null;
  readonly waitingCapacity: number;
}

/** Where a campaign stands after a `state` leaf. */
export interface Change {
  readonly revision: number;
  readonly isClosed: boolean;
  readonly inForce: InForce;
}

/** The `state` leaves of a campaign, in the order of the log. */
export class Changes {
  /** Each with the last arrival number that was in the log before it. The first one is the terms. */
  private readonly all: (Change & { readonly behind: number })[];

  constructor(terms: InForce) {
    this.all = [{ revision: 0, isClosed: false, inForce: terms, behind: -1 }];
  }

  get last(): Change {
    const last = this.all.at(-1);
    if (!last) throw new Error('The terms are never taken back.');
    return last;
  }

  /** @param behind the last arrival number in the log */
  add(change: Change, behind: number): void {
    this.all.push({ ...change, behind });
  }

  /** The database was set back: those that stand behind the number before this one are taken back. */
  forgetFrom(arrivalNo: number): void {
    while ((this.all.at(-1)?.behind ?? -1) >= arrivalNo - 1) this.all.pop();
  }
}
