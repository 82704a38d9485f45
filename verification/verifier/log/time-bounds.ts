/** When witnesses saw a tree, by their own clocks. */
export interface SeenTree {
  readonly size: number;
  /** ms since 1970: the earliest and the latest of its cosignatures. */
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** What cosignatures say about the time of a leaf: not in the log yet at one time, in it at another. */
export class TimeBounds {
  private next = 0;
  private readonly trees: readonly SeenTree[];

  constructor(trees: readonly SeenTree[]) {
    this.trees = [...trees].sort((a, b) => a.size - b.size);
  }

  /**
   * The times between which this leaf was added; null where no cosignature says so. With several witnesses, the pair
   * that is furthest apart: one clock that is wrong accuses nobody.
   * @param index not lower than that of the call before
   */
  of(index: number): { readonly afterMs: number | null; readonly beforeMs: number | null } {
    while ((this.trees[this.next]?.size ?? Infinity) <= index) this.next += 1;
    return {
      afterMs: this.trees[this.next - 1]?.earliestMs ?? null,
      beforeMs: this.trees[this.next]?.latestMs ?? null,
    };
  }
}
