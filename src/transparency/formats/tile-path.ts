import { MalformedFormat } from './malformed-format.js';

/** Levels of the tree that one tile covers. */
export const TILE_LEVELS = 8;
/** Hashes of a full tile, and entries of a full bundle. */
export const TILE_WIDTH = 256;

/** A tile of hashes, or a bundle of entries (level "entries"). */
export interface TileId {
  /** 0 for leaf hashes; a tile of level L holds hashes of subtrees of 256^L leaves. */
  readonly level: number | 'entries';
  readonly index: number;
  /** Hashes or entries in it, 1 to 256. */
  readonly width: number;
}

const PATH =
  /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** The path of a tile (C2SP tlog-tiles), without a leading slash. */
export function tilePath({ level, index, width }: TileId): string {
  const groups = [String(index % 1_000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1_000); rest > 0; rest = Math.floor(rest / 1_000))
    groups.unshift(`x${String(rest % 1_000).padStart(3, '0')}`);
  return `tile/${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Reads the path of a tile, strictly: each tile has one path. @throws MalformedFormat */
export function parseTilePath(path: string): TileId {
  const match = PATH.exec(path);
  if (!match) throw new MalformedFormat('tile path', 'is none');
  const [, level, groups = '', width] = match;
  const tile: TileId = {
    level: level === 'entries' ? 'entries' : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  if (!Number.isSafeInteger(tile.index) || tilePath(tile) !== path)
    throw new MalformedFormat('tile path', 'is not canonical');
  return tile;
}

/** How many hashes (or entries, at level 0) a tree of `size` leaves has in this tile; 0 for none. */
export function widthAt(size: number, level: number, index: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}
