import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { MicroCache } from '../../platform/http/micro-cache.js';
import { READS } from '../../platform/postgres/reads.js';
import { encodeEntries } from '../formats/entry-bundle.js';
import { TILE_WIDTH, type TileId, tilePath, widthAt } from '../formats/tile-path.js';
import { readLogState } from '../log/log-store.js';
import { tilesIn } from '../log/log-tiles.js';
import { leavesBetween } from '../log/stored-leaves.js';

const HASH_BYTES = 32;

/** A checkpoint that is published. */
export interface Published {
  readonly note: string;
  /** Leaves of its tree. */
  readonly size: number;
}

/**
 * The log as it is published: nothing beyond the last checkpoint. Read at most once a second, however many ask.
 */
@Injectable()
export class PublishedLog {
  private readonly checkpoints = new MicroCache<Published | null>({
    ...{ ttlMs: 500, most: 1, mostLoads: 1 },
    load: () => this.readCheckpoint(),
  });
  private readonly tiles = new MicroCache<Buffer | null>({
    ...{ ttlMs: 1_000, most: 500, mostLoads: 8 },
    load: (key) => this.readTile(JSON.parse(key) as TileId),
  });

  constructor(@InjectDataSource(READS) private readonly source: DataSource) {}

  /** The last checkpoint; null before the first. */
  checkpoint(): Promise<Published | null> {
    return this.checkpoints.get('');
  }

  /** The bytes of a tile or a bundle; null when the published tree has none of this width. */
  async tile(id: TileId): Promise<Buffer | null> {
    const { level, index, width } = id;
    const published = await this.checkpoint();
    const whole = widthAt(published?.size ?? 0, level === 'entries' ? 0 : level, index);
    return width <= whole ? this.tiles.get(JSON.stringify({ level, index, width })) : null;
  }

  private async readCheckpoint(): Promise<Published | null> {
    const { checkpoint, checkpointSize } = await readLogState(this.source.manager);
    return checkpoint === null ? null : { note: checkpoint, size: checkpointSize };
  }

  private async readTile(id: TileId): Promise<Buffer | null> {
    const { level, index, width } = id;
    if (level === 'entries') {
      const first = index * TILE_WIDTH;
      const entries: Uint8Array[] = [];
      for await (const page of leavesBetween(this.source, first, first + width))
        entries.push(...page.map(({ line }) => Buffer.from(line, 'latin1')));
      if (entries.length !== width) throw new Error(`The bundle ${tilePath(id)} is not whole.`);
      return Buffer.from(encodeEntries(entries));
    }
    const [hashes] = await tilesIn(this.source)([id]);
    if (!hashes || hashes.length < width * HASH_BYTES)
      throw new Error(`The tile ${tilePath(id)} is not whole.`);
    return Buffer.from(hashes.subarray(0, width * HASH_BYTES));
  }
}
