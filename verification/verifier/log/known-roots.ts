import { equalBytes } from '../../../src/transparency/formats/bytes.js';
import type { TreeEdge } from '../../../src/transparency/formats/tree-edge.js';
import type { Checkpoint } from '../../../src/transparency/formats/checkpoint.js';

/** What became of a checkpoint beside the log that was read: `unseen` when its size was never passed leaf by leaf. */
export type Comparison = 'same' | 'differs' | 'unseen';

/** Compares checkpoints with the tree while it grows. */
export class KnownRoots {
  private readonly compared = new Map<Checkpoint, Comparison>();
  private readonly pending: Checkpoint[];

  constructor(checkpoints: readonly Checkpoint[]) {
    this.pending = [...checkpoints].sort((a, b) => b.size - a.size);
  }

  /** To be called after each step of the tree. */
  passed(edge: TreeEdge): void {
    for (let next = this.pending.at(-1); next && next.size <= edge.size; next = this.pending.at(-1)) {
      this.pending.pop();
      if (next.size === edge.size)
        this.compared.set(next, equalBytes(edge.root(), next.root) ? 'same' : 'differs');
    }
  }

  of(checkpoint: Checkpoint): Comparison {
    return this.compared.get(checkpoint) ?? 'unseen';
  }
}
