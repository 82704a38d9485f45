import type { LeafOf } from '../formats/leaf.js';

/** The terms of a campaign as the log has them at some point. */
export interface LoggedTerms {
  readonly revision: number;
  readonly isClosed: boolean;
  /** What holds, and how many people may wait: by the last revision that a gate took. */
  readonly inForce: LeafOf<'state'>['state'];
  readonly waitingCapacity: number;
}

/** How the terms of a campaign changed: one entry a `state` leaf, since a restore may take any of them back. */
export class LoggedTermsHistory {
  /** Each with the last arrival number that was in the log before it. */
  private all: (LoggedTerms & { readonly behind: number })[];

  constructor(waitingCapacity: number) {
    this.all = [{ revision: 1, isClosed: false, inForce: 'OPEN', waitingCapacity, behind: -1 }];
  }

  get newest(): LoggedTerms {
    const newest = this.all.at(-1);
    if (!newest) throw new Error('The first terms are never taken back.');
    return newest;
  }

  copy(): LoggedTermsHistory {
    const copy = new LoggedTermsHistory(0);
    copy.all = [...this.all];
    return copy;
  }

  /** @param behind the last arrival number in the log */
  add({ revision, state, waitingCapacity, afterArrivalNo }: LeafOf<'state'>, behind: number): void {
    const isClosed = state === 'CLOSED';
    const before = this.newest;
    this.all.push(
      afterArrivalNo === null // it was never in force
        ? { ...before, revision, isClosed, behind }
        : { revision, isClosed, inForce: state, waitingCapacity, behind },
    );
  }

  /** Takes back what stands behind the number before this one. */
  forgetFrom(arrivalNo: number): void {
    while ((this.all.at(-1)?.behind ?? -1) >= arrivalNo - 1) this.all.pop();
  }
}
