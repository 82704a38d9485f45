/** When others saw a tree, by their own clocks. */
export interface SeenTree {
  readonly size: number;
  /**
   * The earliest of its cosignatures, ms since 1970: what is not in this tree is younger, since witnesses see the newest
   * one. Null of a time stamp, which an old tree can be given at any time.
   */
  readonly earliestMs: number | null;
  /** The latest of them, or the time stamp. */
  readonly latestMs: number;
}

/** What cosignatures and time stamps say about the time of a leaf: not in the log yet at one time, in it at another. */
export class TimeBounds {
  private next = 0;
  private afterMs: number | null = null;
  private readonly trees: readonly SeenTree[];

  constructor(trees: readonly SeenTree[]) {
    this.trees = [...trees].sort((a, b) => a.size - b.size);
  }

  /**
   * The times between which this leaf was added; null where nobody says so. With several witnesses, the pair
   * that is furthest apart: one clock that is wrong accuses nobody.
   * @param index not lower than that of the call before
   */
  of(index: number): { readonly afterMs: number | null; readonly beforeMs: number | null } {
    for (let seen = this.trees[this.next]; seen && seen.size <= index; seen = this.trees[this.next]) {
      this.afterMs = seen.earliestMs ?? this.afterMs;
      this.next += 1;
    }
    return { afterMs: this.afterMs, beforeMs: this.trees[this.next]?.latestMs ?? null };
  }
}
