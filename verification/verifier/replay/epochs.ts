/** One rebuild of the gate: claims up to `lastArrivalNo` were known. */
export interface Epoch {
  readonly epoch: number;
  readonly lastArrivalNo: number;
}

/** The epochs of a campaign, in the order of the log. Their bounds never fall. */
export class Epochs {
  /** Each with the last arrival number that was in the log before it. */
  private readonly all: (Epoch & { readonly behind: number })[] = [];

  get last(): Epoch | null {
    return this.all.at(-1) ?? null;
  }

  /** @param behind the last arrival number in the log */
  add(epoch: Epoch, behind: number): void {
    this.all.push({ ...epoch, behind });
  }

  /** The one that gave this number: the last whose bound is lower. null if there is none yet. */
  ofClaim(arrivalNo: number): number | null {
    return this.all.findLast(({ lastArrivalNo }) => lastArrivalNo < arrivalNo)?.epoch ?? null;
  }

  /**
   * The one whose rebuild lost these numbers: the first whose bound is not lower than `to`. null if there is none, or
   * if another bound lies between.
   */
  ofLoss(from: number, to: number): number | null {
    // From the end: a log with many rebuilds is not searched whole for each loss.
    let found: number | null = null;
    for (let i = this.all.length - 1; i >= 0; i--) {
      const { epoch, lastArrivalNo } = this.all[i] ?? { epoch: 0, lastArrivalNo: 0 };
      if (lastArrivalNo < from) return found;
      if (lastArrivalNo < to) return null;
      found = epoch;
    }
    return found;
  }

  /** The database was set back: those that stand behind the number before this one are taken back. */
  forgetFrom(arrivalNo: number): void {
    while ((this.all.at(-1)?.behind ?? -1) >= arrivalNo - 1) this.all.pop();
  }
}
