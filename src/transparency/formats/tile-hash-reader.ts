import { hashNode, type HashReader, type SubtreeId } from './merkle-tree.js';
import { MalformedFormat } from './malformed-format.js';
import { TILE_LEVELS, TILE_WIDTH, type TileId, widthAt } from './tile-path.js';

const HASH_BYTES = 32;

/** The bytes of tiles of hashes, each at least as wide as asked for, in the order asked for. */
export type TileReader = (tiles: readonly TileId[]) => Promise<readonly Uint8Array[]>;

/**
 * Reads hashes of a tree of `size` leaves from its tiles. A hash between two levels of tiles is computed from the lower
 * one. The hashes are not authenticated: whoever uses them checks what comes out against a signed root.
 */
export function readHashesFromTiles(readTiles: TileReader, size: number): HashReader {
  return async (ids) => {
    const wanted = new Map(ids.map((id) => [tileKey(id), tileOf(id, size)]));
    const tiles = [...wanted.values()];
    const found = await readTiles(tiles);
    const bytes = new Map([...wanted.keys()].map((key, i) => [key, found[i]]));
    return ids.map((id) => {
      const tile = bytes.get(tileKey(id));
      if (tile === undefined) throw new MalformedFormat('tile', 'is missing');
      return hashInTile(tile, id);
    });
  };
}

/** The tile that holds a subtree's hash, or the hashes that make it up, as wide as in the tree of `size` leaves. */
export function tileOf({ level, index }: SubtreeId, size: number): TileId & { readonly level: number } {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const within = 2 ** (level % TILE_LEVELS);
  const tileIndex = Math.floor((index * within) / TILE_WIDTH);
  return { level: tileLevel, index: tileIndex, width: widthAt(size, tileLevel, tileIndex) };
}

function tileKey(id: SubtreeId): string {
  const { level, index } = tileOf(id, Number.MAX_SAFE_INTEGER);
  return `${level}/${index}`;
}

function hashInTile(tile: Uint8Array, { level, index }: SubtreeId): Uint8Array {
  const count = 2 ** (level % TILE_LEVELS);
  const first = (index * count) % TILE_WIDTH;
  let hashes = Array.from({ length: count }, (_, i) => hashAt(tile, first + i));
  while (hashes.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i + 1 < hashes.length; i += 2)
      next.push(hashNode(hashes[i] ?? new Uint8Array(), hashes[i + 1] ?? new Uint8Array()));
    hashes = next;
  }
  return hashes[0] ?? new Uint8Array();
}

function hashAt(tile: Uint8Array, position: number): Uint8Array {
  const hash = tile.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES);
  if (hash.length !== HASH_BYTES) throw new MalformedFormat('tile', 'is narrower than the tree needs');
  return hash;
}
