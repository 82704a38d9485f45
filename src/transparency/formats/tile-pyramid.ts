import { concatBytes } from './bytes.js';
import { hashNode, type SubtreeId } from './merkle-tree.js';
import { MalformedFormat } from './malformed-format.js';
import { TILE_LEVELS } from './tile-path.js';

const HASH_BYTES = 32;

/** The hashes of a tile, and those of all complete subtrees within it: of one hash each, of two, and so on. */
export type TilePyramid = readonly Uint8Array[];

/** Computes each hash of the subtrees within a tile once. @param tile of hashes, 32 bytes each */
export function tilePyramid(tile: Uint8Array): TilePyramid {
  const levels = [tile];
  for (let below = tile; levels.length < TILE_LEVELS && below.length >= 2 * HASH_BYTES;) {
    const pairs = Math.floor(below.length / (2 * HASH_BYTES));
    below = concatBytes(
      ...Array.from({ length: pairs }, (_, i) => hashNode(hashAt(below, 2 * i), hashAt(below, 2 * i + 1))),
    );
    levels.push(below);
  }
  return levels;
}

/** The hash of a subtree from the pyramid of its tile. @throws MalformedFormat when the tile is too narrow for it */
export function hashInPyramid(pyramid: TilePyramid, { level, index }: SubtreeId): Uint8Array {
  const within = level % TILE_LEVELS;
  const hash = hashAt(pyramid[within] ?? new Uint8Array(), index % 2 ** (TILE_LEVELS - within));
  if (hash.length !== HASH_BYTES) throw new MalformedFormat('tile', 'is narrower than the tree needs');
  return hash;
}

function hashAt(hashes: Uint8Array, position: number): Uint8Array {
  return hashes.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES);
}
