import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { parseCheckpoint } from '../formats/checkpoint.js';
import type { VerifierKey } from '../formats/note-key.js';
import { parseNote, verifyNote } from '../formats/signed-note.js';
import type { Witness } from '../log/log-keys.js';

/** Checkpoints that are looked through: the newest, and one of each ten seconds before it. */
const LOOKED_THROUGH = 30;

/** What a witness cosigned last. */
export interface SeenBy {
  /** Of the witness's key. */
  readonly name: string;
  /** Leaves of the last checkpoint that it cosigned, and when, by its clock; null where none of the newest is. */
  readonly size: number | null;
  readonly cosignedAt: Date | null;
}

/** What each of these witnesses cosigned last. */
export async function readSeenBy(
  source: DataSource,
  witnesses: readonly Witness[],
): Promise<readonly SeenBy[]> {
  if (witnesses.length === 0) return [];
  const notes = await rows<{ note: string }>(
    source,
    `SELECT checkpoint AS note FROM log_state WHERE checkpoint IS NOT NULL
     UNION ALL (SELECT note FROM log_checkpoints ORDER BY size DESC LIMIT $1)`,
    [LOOKED_THROUGH],
  );
  return witnesses.map(({ key }) =>
    lastSeen(
      key,
      notes.map(({ note }) => note),
    ),
  );
}

/** @param notes the newest first */
function lastSeen(key: VerifierKey, notes: readonly string[]): SeenBy {
  for (const text of notes) {
    const note = parseNote(text);
    if (!note.signatures.some(({ name }) => name === key.name)) continue;
    const [cosignature] = verifyNote(note, [key]);
    if (cosignature)
      return {
        name: key.name,
        size: parseCheckpoint(note.text).size,
        cosignedAt: new Date((cosignature.atSeconds ?? 0) * 1_000),
      };
  }
  return { name: key.name, size: null, cosignedAt: null };
}
