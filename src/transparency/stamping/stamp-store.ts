import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

/** A published checkpoint. */
export interface DueCheckpoint {
  readonly note: string;
  /** Leaves of its tree. */
  readonly size: number;
}

/**
 * The published checkpoint, if it is this authority's turn: something is new, and either its last stamp is as old as
 * the interval or a campaign has ended since. Three look-ups, however long the log is.
 */
export async function findDueCheckpoint(
  source: DataSource,
  authority: string,
  intervalMs: number,
): Promise<DueCheckpoint | null> {
  const [due] = await rows<DueCheckpoint>(source, DUE, [authority, intervalMs]);
  return due ?? null;
}

/** Keeps a token for ever, with the checkpoint that it is of. */
export async function keepStamp(
  source: DataSource,
  authority: string,
  { note, size }: DueCheckpoint,
  token: Uint8Array,
): Promise<void> {
  await rows(
    source,
    `INSERT INTO log_stamps (authority, size, note, token) VALUES ($1, $2, $3, $4)
     ON CONFLICT (authority, size) DO NOTHING RETURNING size`,
    [authority, size, note, Buffer.from(token)],
  );
}

/** $1 authority, $2 interval in ms. A time that is still to come is from before Postgres' clock was set back (R27). */
const DUE = `
  SELECT state.checkpoint AS note, state.checkpoint_size::float8 AS size
    FROM log_state AS state
    LEFT JOIN LATERAL (SELECT size, at FROM log_stamps WHERE authority = $1 ORDER BY size DESC LIMIT 1) AS last ON true
   WHERE state.checkpoint IS NOT NULL AND state.checkpoint_size > COALESCE(last.size, 0)
     AND ((last.at BETWEEN now() - $2::float8 * interval '1 ms' AND now()) IS NOT TRUE
          OR EXISTS (SELECT FROM log_campaigns WHERE standing = 'ended' AND last_index >= last.size
                                                 AND last_index < state.checkpoint_size))`;
