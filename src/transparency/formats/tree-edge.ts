import { EMPTY_ROOT, hashNode } from './merkle-tree.js';

/** A hash of a tree, by the subtree that it stands for. */
export interface NewHash {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

interface Peak {
  readonly level: number;
  readonly hash: Uint8Array;
}

/**
 * The right edge of a growing tree: the complete subtrees that no larger one holds yet, from left to right. It is all
 * that appending needs, 53 hashes at most.
 */
export class TreeEdge {
  private readonly peaks: Peak[] = [];
  private count = 0;

  /** The number of leaves. */
  get size(): number {
    return this.count;
  }

  /**
   * Appends a leaf by its hash, or a whole subtree of 2^level leaves.
   * @returns the hashes that are complete now: the one appended, and those of the subtrees that it completes
   * @throws RangeError unless the size is a multiple of 2^level
   */
  append(hash: Uint8Array, level = 0): readonly NewHash[] {
    const leaves = 2 ** level;
    if (this.count % leaves !== 0)
      throw new RangeError(`No subtree of ${leaves} leaves begins at ${this.count}.`);
    const completed: NewHash[] = [{ level, index: this.count / leaves, hash }];
    this.count += leaves;
    let peak: Peak = { level, hash };
    for (let left = this.peaks.at(-1); left?.level === peak.level; left = this.peaks.at(-1)) {
      this.peaks.pop();
      peak = { level: peak.level + 1, hash: hashNode(left.hash, peak.hash) };
      completed.push({ ...peak, index: this.count / 2 ** peak.level - 1 });
    }
    this.peaks.push(peak);
    return completed;
  }

  /** The root of the tree as it is now. */
  root(): Uint8Array {
    const last = this.peaks.at(-1);
    if (last === undefined) return EMPTY_ROOT;
    return this.peaks.slice(0, -1).reduceRight((hash, left) => hashNode(left.hash, hash), last.hash);
  }
}
