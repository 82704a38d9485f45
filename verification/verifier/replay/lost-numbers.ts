/** Arrival numbers that are called lost, in the order of the log. */
export class LostNumbers {
  count = 0;
  private readonly ranges: { readonly from: number; readonly to: number }[] = [];

  /** A range that holds no number adds none. */
  add(from: number, to: number): void {
    if (to < from) return;
    this.ranges.push({ from, to });
    this.count += to - from + 1;
  }

  /** The database was set back: from this number on none is lost any more. */
  forgetFrom(arrivalNo: number): void {
    for (let last = this.ranges.at(-1); last && last.to >= arrivalNo; last = this.ranges.at(-1)) {
      this.ranges.pop();
      this.count -= last.to - last.from + 1;
      this.add(last.from, Math.min(last.to, arrivalNo - 1));
    }
  }
}
