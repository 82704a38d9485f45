import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseCheckpoint } from '../formats/checkpoint.js';
import { parseNote } from '../formats/signed-note.js';
import { TILE_WIDTH, type TileId, tilePath, widthAt } from '../formats/tile-path.js';
import type { LogSource } from './log-source.js';

/** What a copy has grown by. */
export interface Copied {
  /** Leaves of the copy. */
  readonly size: number;
  readonly tiles: number;
}

/** The folder holds the copy of a longer log, or there is nothing to copy. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
}

/**
 * Copies a log into a folder that a static host can serve: tiles first, the checkpoint last, so that a reader never
 * sees a checkpoint without its tiles. Only what the folder lacks is read. Narrower forms of a tile go once it is full
 * and no checkpoint of the folder needs them: a copy each minute would keep up to 255 of each.
 * @throws CopyRefused when nothing is published, or the folder holds more
 */
export async function copyLog(source: LogSource, folder: string): Promise<Copied> {
  const checkpoint = await source.text('checkpoint');
  if (checkpoint === null) throw new CopyRefused('The log has not published anything yet.');
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const before = await sizeOfCopy(folder);
  if (before > size)
    throw new CopyRefused(`${folder} holds a copy of ${before} leaves, and the log has published ${size}.`);
  let tiles = 0;
  for (const id of newTiles(before, size)) {
    const path = join(folder, tilePath(id));
    if (await exists(path)) continue;
    await writeWhole(path, await source.tile(id));
    tiles += 1;
  }
  for (const name of ['key', 'policy'] as const) {
    const text = await source.text(name);
    if (text !== null) await writeWhole(join(folder, name), Buffer.from(text));
  }
  await writeWhole(join(folder, 'checkpoint'), Buffer.from(checkpoint));
  for (const id of newTiles(before, size)) if (id.width === TILE_WIDTH) await removeNarrower(folder, id);
  return { size, tiles };
}

/** The tiles of a tree that a tree of `before` leaves does not have, partial ones as wide as they are. */
function* newTiles(before: number, size: number): Generator<TileId> {
  for (let level = 0; Math.floor(size / TILE_WIDTH ** level) > 0; level += 1) {
    const from = Math.floor(before / TILE_WIDTH ** (level + 1));
    const count = Math.ceil(Math.floor(size / TILE_WIDTH ** level) / TILE_WIDTH);
    for (let index = from; index < count; index += 1) {
      const width = widthAt(size, level, index);
      if (level === 0) yield { level: 'entries', index, width };
      yield { level, index, width };
    }
  }
}

async function removeNarrower(folder: string, id: TileId): Promise<void> {
  await rm(join(folder, `${tilePath(id)}.p`), { recursive: true, force: true });
}

async function sizeOfCopy(folder: string): Promise<number> {
  try {
    const checkpoint = await readFile(join(folder, 'checkpoint'), 'utf8');
    return parseCheckpoint(parseNote(checkpoint).text).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A file is there whole, or not at all. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  const file = await open(draft, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
