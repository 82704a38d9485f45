import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '../formats/bytes.js';
import { type Checkpoint, parseCheckpoint } from '../formats/checkpoint.js';
import { parseVerifierKey, type VerifierKey } from '../formats/note-key.js';
import { parseNote, verifyNote } from '../formats/signed-note.js';
import { TILE_WIDTH, type TileId, tilePath } from '../formats/tile-path.js';
import { type CopiedLists, copyLists } from './copy-lists.js';
import { CopyRefused } from './copy-refused.js';
import { GrowingCopy } from './growing-copy.js';
import type { LogSource } from './log-source.js';
import { writeWhole } from './whole-file.js';

/** What a copy has grown by. */
export interface Copied extends CopiedLists {
  /** Leaves of the copy. */
  readonly size: number;
  readonly tiles: number;
}

/**
 * Copies a log into a folder that a static host can serve: tiles first, then the lists that the leaves commit to, the
 * checkpoint last, so that a reader never sees a checkpoint without its tiles. A list that cannot be had holds nothing
 * up: a restore needs the leaves. Only leaves that the folder lacks are read, and the tree is computed from them:
 * what replaces the checkpoint is signed by the key of the folder, and continues what the folder holds. Narrower forms
 * of a tile go once it is full and no checkpoint of the folder needs them: a copy each minute would keep 255 of each.
 *
 * A copy that is killed leaves files that no checkpoint of the folder needs; the next one writes them anew.
 * @throws CopyRefused when nothing is published, or the log is not the continuation of the copy: the checkpoint stays
 */
export async function copyLog(source: LogSource, folder: string): Promise<Copied> {
  const note = await source.text('checkpoint');
  if (note === null) throw new CopyRefused('The log has not published anything yet.');
  const keyText = (await read(folder, 'key')) ?? (await source.text('key'));
  if (keyText === null) throw new CopyRefused('The log has not published its key.');
  const key = parseVerifierKey(keyText.trim());
  const next = signed(note, key, 'The checkpoint of the log');
  const copied = await read(folder, 'checkpoint');
  const before = copied === null ? null : signed(copied, key, `The checkpoint in ${folder}`);
  if ((before?.size ?? 0) > next.size)
    throw new CopyRefused(
      `${folder} holds a copy of ${before?.size} leaves, and the log has published ${next.size}.`,
    );
  const tiles = await growCopy(source, folder, before, next);
  const copiedLists = await copyLists(source, folder, next.size);
  await writeWhole(join(folder, 'key'), Buffer.from(keyText));
  const policy = await source.text('policy');
  if (policy !== null) await writeWhole(join(folder, 'policy'), Buffer.from(policy));
  await writeWhole(join(folder, 'checkpoint'), Buffer.from(note));
  for (const id of filledTiles(before?.size ?? 0, next.size)) await removeNarrower(folder, id);
  return { size: next.size, tiles, ...copiedLists };
}

async function growCopy(
  source: LogSource,
  folder: string,
  before: Checkpoint | null,
  next: Checkpoint,
): Promise<number> {
  if (before?.size !== next.size) return new GrowingCopy(source, folder).grow(before, next);
  if (equalBytes(before.root, next.root)) return 0;
  throw new CopyRefused(`${folder} holds another history of as many leaves.`);
}

function signed(note: string, key: VerifierKey, what: string): Checkpoint {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== key.name || verifyNote(parsed, [key]).length === 0)
    throw new CopyRefused(`${what} is of another log, or not signed by the key of the copy.`);
  return checkpoint;
}

/** The tiles that are full in a tree, and were not in that of `before` leaves. */
function* filledTiles(before: number, size: number): Generator<TileId> {
  for (let level = 0; Math.floor(size / TILE_WIDTH ** (level + 1)) > 0; level += 1) {
    const end = Math.floor(size / TILE_WIDTH ** (level + 1));
    for (let index = Math.floor(before / TILE_WIDTH ** (level + 1)); index < end; index += 1) {
      if (level === 0) yield { level: 'entries', index, width: TILE_WIDTH };
      yield { level, index, width: TILE_WIDTH };
    }
  }
}

async function removeNarrower(folder: string, id: TileId): Promise<void> {
  await rm(join(folder, `${tilePath(id)}.p`), { recursive: true, force: true });
}

async function read(folder: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
