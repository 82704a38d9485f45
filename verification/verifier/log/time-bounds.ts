/** When witnesses saw a tree, by their own clocks. */
export interface SeenTree {
  readonly size: number;
  /** ms since 1970: the earliest and the latest of its cosignatures. */
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** When an authority stamped a tree: by then it was there. It may have been there for long. */
export interface StampedTree {
  readonly size: number;
  /** ms since 1970. */
  readonly atMs: number;
}

/** What cosignatures and time stamps say about the time of a leaf. */
export class TimeBounds {
  private next = 0;
  private nextStamp = 0;
  private readonly trees: readonly SeenTree[];
  private readonly stamps: readonly StampedTree[];

  constructor(trees: readonly SeenTree[], stamps: readonly StampedTree[] = []) {
    this.trees = [...trees].sort((a, b) => a.size - b.size);
    this.stamps = [...stamps].sort((a, b) => a.size - b.size);
  }

  /**
   * The times between which this leaf was added, by cosignatures, and a time at which it was there, by a stamp; null
   * where none says so. Of several witnesses, the pair that is furthest apart: one clock that is wrong accuses nobody.
   * @param index not lower than that of the call before
   */
  of(index: number): {
    readonly afterMs: number | null;
    readonly beforeMs: number | null;
    readonly stampedMs: number | null;
  } {
    while ((this.trees[this.next]?.size ?? Infinity) <= index) this.next += 1;
    while ((this.stamps[this.nextStamp]?.size ?? Infinity) <= index) this.nextStamp += 1;
    return {
      afterMs: this.trees[this.next - 1]?.earliestMs ?? null,
      beforeMs: this.trees[this.next]?.latestMs ?? null,
      stampedMs: this.stamps[this.nextStamp]?.atMs ?? null,
    };
  }
}
