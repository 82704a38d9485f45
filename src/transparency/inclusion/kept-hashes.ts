import { LRUCache } from 'lru-cache';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HashReader } from '../formats/merkle-tree.js';
import { type TileReader, tileOf } from '../formats/tile-hash-reader.js';
import { type TileId, tilePath } from '../formats/tile-path.js';
import { hashInPyramid, type TilePyramid, tilePyramid } from '../formats/tile-pyramid.js';

const HASH_BYTES = 32;
/** Each takes 16 kB. A tile never changes, and a wider one is another tile. */
const PYRAMIDS_KEPT = 500;

/**
 * Hashes of the tree, for many proofs: each tile is read, and hashed, once for all of them. Computing them takes half a
 * millisecond a tile, so that claims have their turn in between.
 */
export class KeptHashes {
  private readonly kept = new LRUCache<string, TilePyramid>({ max: PYRAMIDS_KEPT });

  constructor(private readonly readTiles: TileReader) {}

  /** A reader of the tree of `size` leaves. */
  of(size: number): HashReader {
    return async (ids) => {
      const tiles = ids.map((id) => tileOf(id, size));
      const pyramids = await this.pyramids(new Map(tiles.map((tile) => [tilePath(tile), tile])));
      return ids.map((id, i) => hashInPyramid(pyramids.get(tilePath(tiles[i] as TileId)) ?? [], id));
    };
  }

  private async pyramids(wanted: ReadonlyMap<string, TileId>): Promise<ReadonlyMap<string, TilePyramid>> {
    const found = new Map([...wanted.keys()].map((path) => [path, this.kept.get(path)] as const));
    const missing = [...wanted].filter(([path]) => !found.get(path));
    const read = missing.length === 0 ? [] : await this.readTiles(missing.map(([, tile]) => tile));
    for (const [i, [path, { width }]] of missing.entries()) {
      const pyramid = tilePyramid((read[i] ?? new Uint8Array()).slice(0, width * HASH_BYTES));
      this.kept.set(path, pyramid);
      found.set(path, pyramid);
      await nextTurn();
    }
    return new Map([...found].map(([path, pyramid]) => [path, pyramid ?? []]));
  }
}
