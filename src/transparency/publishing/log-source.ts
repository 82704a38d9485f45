import type { TileId } from '../formats/tile-path.js';

/** Where a copy of a log is made from. */
export interface LogSource {
  /** One of the texts that have no number; null when there is none. */
  text(name: 'checkpoint' | 'key' | 'policy'): Promise<string | null>;
  /** The bytes of a tile or a bundle. @throws when it is not there */
  tile(id: TileId): Promise<Uint8Array>;
  /** The file that says who may claim in a campaign, piece by piece; null when there is none, or none any more. */
  list(campaign: string): Promise<AsyncIterable<Uint8Array> | null>;
}
