import { EMPTY_ROOT, hashNode } from './merkle-tree.js';

/**
 * The root over neighbouring leaves, or subtrees of one power of two of leaves, of which the last may have fewer:
 * RFC 6962 parts a tree at powers of two, so the root over subtrees is that over all of their leaves.
 */
export function rootOver(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) level = levelAbove(level);
  return level[0] ?? EMPTY_ROOT;
}

/**
 * The hashes that lead from one of those to the root over all, lowest first (RFC 6962, 2.1.1). A path over the leaves
 * of a subtree is continued by the path over the subtrees.
 */
export function pathOver(hashes: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  const path: Uint8Array[] = [];
  for (let [level, at] = [hashes, index]; level.length > 1; [level, at] = [levelAbove(level), at >> 1]) {
    const sibling = level[at ^ 1];
    if (sibling) path.push(sibling);
  }
  return path;
}

/** What has no neighbour to the right stays as it is. */
function levelAbove(hashes: readonly Uint8Array[]): readonly Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let at = 0; at < hashes.length; at += 2) {
    const [left, right] = hashes.slice(at, at + 2);
    if (left) above.push(right ? hashNode(left, right) : left);
  }
  return above;
}
