/** Slots that came free by `regrant` when somebody had waited to the end: nobody was turned away for them. */
export class LateRegrants {
  /** Arrival numbers: of whom the slot was taken, and the lowest of those who had waited to the end by then. */
  private all: { readonly arrivalNo: number; readonly endedNo: number }[] = [];
  /** The lowest arrival number of those who waited to the end. */
  private firstEndedNo = Infinity;

  get count(): number {
    return this.all.length;
  }

  ended(arrivalNo: number): void {
    this.firstEndedNo = Math.min(this.firstEndedNo, arrivalNo);
  }

  /** Counts only if somebody had waited to the end before. */
  regranted(arrivalNo: number): void {
    if (this.firstEndedNo < Infinity) this.all.push({ arrivalNo, endedNo: this.firstEndedNo });
  }

  /** The database was set back: those that concern people from this number on are taken back. */
  forgetFrom(from: number): void {
    this.all = this.all.filter(({ arrivalNo, endedNo }) => arrivalNo < from && endedNo < from);
    if (this.firstEndedNo >= from) this.firstEndedNo = Infinity;
  }
}
