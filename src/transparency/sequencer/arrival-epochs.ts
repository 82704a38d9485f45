/** That a gate was computed anew, and which claims were known by then. */
export interface ArrivalEpoch {
  readonly epoch: number;
  readonly lastArrivalNo: number;
}

/** Which epoch an arrival number belongs to. All rebuilds are kept: a restore may take any of them back. */
export class ArrivalEpochs {
  /** Each with the last arrival number that was in the log before it. */
  private epochs: (ArrivalEpoch & { readonly behind: number })[] = [];

  /** The latest epoch; null before the first. */
  get newest(): ArrivalEpoch | null {
    return this.epochs.at(-1) ?? null;
  }

  copy(): ArrivalEpochs {
    const copy = new ArrivalEpochs();
    copy.epochs = [...this.epochs];
    return copy;
  }

  /** @param behind the last arrival number in the log */
  add({ epoch, lastArrivalNo }: ArrivalEpoch, behind: number): void {
    this.epochs.push({ epoch, lastArrivalNo, behind });
  }

  /** The last epoch whose `lastArrivalNo` is below this number: the one whose gate assigned it. */
  of(arrivalNo: number): ArrivalEpoch | null {
    return this.epochs.findLast(({ lastArrivalNo }) => lastArrivalNo < arrivalNo) ?? null;
  }

  /** The first epoch whose rebuild came after this number was assigned. */
  firstAfter(arrivalNo: number): ArrivalEpoch | null {
    const place = this.epochs.findLastIndex(({ lastArrivalNo }) => lastArrivalNo < arrivalNo) + 1;
    return this.epochs[place] ?? null;
  }

  /** Takes back what stands behind the number before this one. */
  forgetFrom(arrivalNo: number): void {
    while ((this.epochs.at(-1)?.behind ?? -1) >= arrivalNo - 1) this.epochs.pop();
  }
}
