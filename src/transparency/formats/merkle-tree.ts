import { equalBytes } from './bytes.js';
import { sha256 } from './sha256.js';

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** A complete subtree: 2^level leaves, from leaf `index * 2^level` on. */
export interface SubtreeId {
  readonly level: number;
  readonly index: number;
}

/** The hashes of complete subtrees of a tree. */
export type HashReader = (ids: readonly SubtreeId[]) => Promise<readonly Uint8Array[]>;

/** RFC 6962, 2.1: the hash of the tree without leaves. */
export const EMPTY_ROOT: Uint8Array = sha256();

/** RFC 6962, 2.1: the hash of a leaf. @param leaf a text stands for its bytes in UTF-8 */
export function hashLeaf(leaf: Uint8Array | string): Uint8Array {
  return sha256(LEAF_PREFIX, leaf);
}

/** RFC 6962, 2.1: the hash of a node. */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE_PREFIX, left, right);
}

/** The root of a tree of `size` leaves. */
export async function rootOf(read: HashReader, size: number): Promise<Uint8Array> {
  return size === 0 ? EMPTY_ROOT : joined(await read(subtreesOf(0, size)));
}

/**
 * The hashes that lead from leaf `index` to the root of the tree of `size` leaves (RFC 6962, 2.1.1), lowest first.
 * @throws RangeError unless index < size
 */
export async function inclusionProof(
  read: HashReader,
  size: number,
  index: number,
): Promise<readonly Uint8Array[]> {
  if (index < 0 || index >= size) throw new RangeError(`A tree of ${size} leaves has no leaf ${index}.`);
  let [from, to] = [0, size];
  const siblings: (readonly [number, number])[] = [];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    siblings.push(index < middle ? [middle, to] : [from, middle]);
    if (index < middle) to = middle;
    else from = middle;
  }
  return rangeHashes(read, siblings.reverse());
}

/**
 * The hashes that show that the tree of `size` leaves begins with the tree of `oldSize` leaves (RFC 6962, 2.1.2). Empty
 * if there is nothing to show: the old tree is empty, or the same.
 * @throws RangeError unless oldSize <= size
 */
export async function consistencyProof(
  read: HashReader,
  oldSize: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  if (oldSize < 0 || oldSize > size)
    throw new RangeError(`A tree of ${size} leaves was never one of ${oldSize}.`);
  if (oldSize === 0 || oldSize === size) return [];
  const ranges: (readonly [number, number])[] = [];
  let [from, to] = [0, size];
  while (to !== oldSize) {
    const middle = from + splitOf(to - from);
    if (oldSize <= middle) {
      ranges.push([middle, to]);
      to = middle;
    } else {
      ranges.push([from, middle]);
      from = middle;
    }
  }
  if (from !== 0) ranges.push([from, to]);
  return rangeHashes(read, ranges.reverse());
}

/** Whether the leaf with this hash stands at `index` in the tree with this root. */
export function verifyInclusion(
  proof: readonly Uint8Array[],
  size: number,
  root: Uint8Array,
  index: number,
  leafHash: Uint8Array,
): boolean {
  if (index < 0 || index >= size) return false;
  let [node, last, hash] = [index, size - 1, leafHash];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = hashNode(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = hashNode(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(hash, root);
}

/** Whether the tree with `root` begins with the tree with `oldRoot` (RFC 9162, 2.1.4.2). */
export function verifyConsistency(
  proof: readonly Uint8Array[],
  oldSize: number,
  oldRoot: Uint8Array,
  size: number,
  root: Uint8Array,
): boolean {
  if (oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && equalBytes(oldRoot, root);
  if (oldSize === 0) return proof.length === 0 && equalBytes(oldRoot, EMPTY_ROOT);
  let [node, last] = [oldSize - 1, size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  // The old tree is a complete subtree of the new one: the proof leaves its root out.
  const [first, ...rest] = node === 0 ? [oldRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [oldHash, hash] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = hashNode(sibling, oldHash);
      hash = hashNode(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = hashNode(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(oldHash, oldRoot) && equalBytes(hash, root);
}

/**
 * The hash over each of these ranges of leaves, from its first to before its second number. All that they are made of
 * is read at once.
 */
async function rangeHashes(
  read: HashReader,
  ranges: readonly (readonly [number, number])[],
): Promise<readonly Uint8Array[]> {
  const subtrees = ranges.map(([from, to]) => subtreesOf(from, to));
  const hashes = await read(subtrees.flat());
  let at = 0;
  return subtrees.map(({ length }) => joined(hashes.slice(at, (at += length))));
}

/** The hash over neighbouring subtrees, each larger than those to the right of it. */
function joined(subtrees: readonly Uint8Array[]): Uint8Array {
  const [last, ...before] = subtrees.toReversed();
  if (last === undefined) throw new RangeError('No hash over no leaves.');
  return before.reduce((hash, left) => hashNode(left, hash), last);
}

/** The complete subtrees that make up the leaves from `from` to before `to`, from left to right. */
export function subtreesOf(from: number, to: number): readonly SubtreeId[] {
  const ids: SubtreeId[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    let size = 1;
    while (at % (size * 2) === 0 && at + size * 2 <= to) [level, size] = [level + 1, size * 2];
    ids.push({ level, index: at / size });
    at += size;
  }
  return ids;
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Sizes may be beyond 2^32, where shifts would cut them off. */
function half(number: number): number {
  return Math.floor(number / 2);
}
