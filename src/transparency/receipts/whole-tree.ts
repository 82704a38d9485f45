import { hashNode } from '../formats/merkle-tree.js';

/** A tree (RFC 6962) that is complete and small: its root, and the way from each leaf to it. */
export interface WholeTree {
  readonly root: Uint8Array;
  /** By leaf: the hashes of an inclusion proof, lowest first. */
  readonly paths: readonly (readonly Uint8Array[])[];
}

/**
 * Makes the paths of all leaves at once: one hash a node, where a path made for itself hashes the right edge again.
 * @param leaves their hashes, at least one
 */
export function wholeTree(leaves: readonly Uint8Array[]): WholeTree {
  const paths = leaves.map((): Uint8Array[] => []);
  const hashOf = (from: number, to: number): Uint8Array => {
    const first = leaves[from];
    if (first === undefined) throw new RangeError('A tree without leaves has no paths.');
    if (to - from === 1) return first;
    const middle = from + 2 ** Math.floor(Math.log2(to - from - 1));
    const [left, right] = [hashOf(from, middle), hashOf(middle, to)];
    for (let leaf = from; leaf < to; leaf++) paths[leaf]?.push(leaf < middle ? right : left);
    return hashNode(left, right);
  };
  return { root: hashOf(0, leaves.length), paths };
}
