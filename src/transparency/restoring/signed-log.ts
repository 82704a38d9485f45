import { decodeEntries } from '../formats/entry-bundle.js';
import { type Checkpoint, parseCheckpoint } from '../formats/checkpoint.js';
import type { VerifierKey } from '../formats/note-key.js';
import { parseNote, verifyNote } from '../formats/signed-note.js';
import { TILE_WIDTH } from '../formats/tile-path.js';
import type { LogSource } from '../publishing/log-source.js';
import { RestoreRefused } from './restore-refused.js';

/** What was signed last, as far as anybody may have seen it. */
export interface SignedLog extends Checkpoint {
  readonly note: string;
  /** How many leaves the copy holds. */
  readonly copied: number;
}

/**
 * The last checkpoint: the one that was kept outside of Postgres, or that of the copy if the copy is longer.
 * @throws RestoreRefused when there is none, or either is not signed by the log's key
 */
export async function readSignedLog(
  kept: string | null,
  copy: LogSource,
  key: VerifierKey,
): Promise<SignedLog> {
  const copied = await copy.text('checkpoint');
  if (kept === null) throw new RestoreRefused('No checkpoint was kept: nobody knows what was signed last.');
  if (copied === null) throw new RestoreRefused('There is no copy: it has no checkpoint.');
  const signed = verified(kept, key, 'The checkpoint that was kept');
  const own = verified(copied, key, 'The checkpoint of the copy');
  return own.size < signed.size
    ? { ...signed, note: kept, copied: own.size }
    : { ...own, note: copied, copied: own.size };
}

/**
 * The leaves of the log from `from` on, as the copy has them. Memory: all of them.
 * @throws RestoreRefused when the copy ends before what was signed
 */
export async function readCopiedLeaves(
  copy: LogSource,
  { size, copied }: SignedLog,
  from: number,
): Promise<readonly string[]> {
  if (copied < size)
    throw new RestoreRefused(
      `The copy has ${copied} leaves, and ${size} were signed. Find the others, or begin another log.`,
    );
  const lines: string[] = [];
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < size; index += 1) {
    const width = Math.min(TILE_WIDTH, copied - index * TILE_WIDTH);
    const entries = decodeEntries(await copy.tile({ level: 'entries', index, width }), width);
    lines.push(...entries.map((entry) => Buffer.from(entry).toString('latin1')));
  }
  const skipped = from % TILE_WIDTH;
  return lines.slice(skipped, skipped + size - from);
}

function verified(note: string, key: VerifierKey, what: string): Checkpoint {
  const signed = parseNote(note);
  const checkpoint = parseCheckpoint(signed.text);
  if (checkpoint.origin !== key.name || verifyNote(signed, [key]).length === 0)
    throw new RestoreRefused(`${what} is of another log, or by another key.`);
  return checkpoint;
}
