import type { DataSource, EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import type { TileId } from '../formats/tile-path.js';
import type { TileReader } from '../formats/tile-hash-reader.js';

/** Reads tiles of hashes from Postgres; each may be wider than asked for. */
export function tilesIn(source: DataSource | EntityManager): TileReader {
  return async (tiles) => {
    const found = await rows<{ hashes: Buffer | null }>(
      source,
      `SELECT tile.hashes
         FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY AS wanted (level, n, place)
         LEFT JOIN LATERAL (SELECT hashes FROM log_tiles WHERE level = wanted.level AND n = wanted.n OFFSET 0) AS tile ON true
        ORDER BY place`,
      [tiles.map(({ level }: TileId) => level), tiles.map(({ index }: TileId) => index)],
    );
    return found.map(({ hashes }) => hashes ?? new Uint8Array());
  };
}
