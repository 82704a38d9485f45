import { hashLeaf, rootOf, subtreesOf } from '../formats/merkle-tree.js';
import { type TileReader, readHashesFromTiles } from '../formats/tile-hash-reader.js';
import { TILE_LEVELS, TILE_WIDTH } from '../formats/tile-path.js';
import { TreeEdge } from '../formats/tree-edge.js';
import type { TileGrowth } from './log-store.js';

const HASH_BYTES = 32;

interface GrowingTile extends Omit<TileGrowth, 'hashes'> {
  readonly hashes: Uint8Array[];
}

/** The tree of the log in the memory of its writer: the right edge alone. */
export class GrowingTree {
  private constructor(private readonly edge: TreeEdge) {}

  /** Reads the edge of a tree of `size` leaves from its tiles. */
  static async read(tiles: TileReader, size: number): Promise<GrowingTree> {
    const edge = new TreeEdge();
    const subtrees = subtreesOf(0, size);
    const hashes = await readHashesFromTiles(tiles, size)(subtrees);
    subtrees.forEach(({ level }, place) => edge.append(hashes[place] ?? new Uint8Array(), level));
    return new GrowingTree(edge);
  }

  get size(): number {
    return this.edge.size;
  }

  get root(): Uint8Array {
    return this.edge.root();
  }

  /** Appends leaves. @returns what the tiles grow by */
  append(lines: readonly string[]): TileGrowth[] {
    const grown: GrowingTile[] = [];
    const newest: GrowingTile[] = []; // by level
    for (const line of lines) {
      for (const { level, index, hash } of this.edge.append(hashLeaf(line))) {
        if (level % TILE_LEVELS !== 0) continue;
        const tile = { level: level / TILE_LEVELS, index: Math.floor(index / TILE_WIDTH) };
        let growth = newest[tile.level];
        if (growth?.index !== tile.index) {
          growth = { ...tile, from: index % TILE_WIDTH, hashes: [] };
          newest[tile.level] = growth;
          grown.push(growth);
        }
        growth.hashes.push(hash);
      }
    }
    return grown.map(({ hashes, ...growth }) => ({
      ...growth,
      hashes: Buffer.concat(hashes, hashes.length * HASH_BYTES),
    }));
  }
}

/** The root of the first `size` leaves of a log that has them all. */
export function rootIn(tiles: TileReader, size: number): Promise<Uint8Array> {
  return rootOf(readHashesFromTiles(tiles, size), size);
}
