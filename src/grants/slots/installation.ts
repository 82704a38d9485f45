import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { unavailable } from '../../platform/problems/problem.js';

/** Which database this is, and how far it has come. */
export interface DatabaseState {
  /** System identifier, timeline, oid, and the installation id of this line of its data (R15). */
  readonly identity: string;
  /** Rises all the time, and is committed before it is noted anywhere else (R16). */
  readonly round: number;
  /** Whether this call found that the database had been set back, or exchanged for another. */
  readonly isSetBack: boolean;
}

/** What Redis has noted of the database of an installation; the identity is empty for nothing. */
export type NotedState = Pick<DatabaseState, 'identity' | 'round'>;

/**
 * Raises the round and commits it (R16). A database that holds less than was noted of it has been set back; one whose
 * own identity is not that of its last round is a copy, or a standby that was promoted; and one that never had the
 * installation id that was noted was set back to before that id. In each case the last writes may be missing: the
 * installation id is renewed, so that no gate built before passes for one of the present data, and the ids that it
 * replaces are kept in `set_backs` with the time since when something may be missing (R22).
 * @throws the driver's error when Postgres can't be asked, or is read-only; Problem 503 when the row is gone
 */
export async function raiseRound(source: DataSource, noted: NotedState): Promise<DatabaseState> {
  const [state] = await rows<DatabaseState>(source, RAISE, [noted.identity, noted.round]);
  if (!state) throw unavailable('The table installation is empty.');
  return state;
}

/** SQL: the installation id in the noted identity, which is `<database>.<installation id>`. */
const NOTED_ID = `right($1, 36)::uuid`;

/**
 * $1 identity, $2 round, both as they were noted. Another instance may renew the id while this statement waits for the
 * row: `is_set_back_kept` sees that, which a subquery would not.
 */
const IS_SET_BACK = `(known.database <> here.database
                      OR (here.database || '.' || known.id = $1 AND known.round < $2::bigint)
                      OR (starts_with($1, here.database || '.') AND ${NOTED_ID} <> known.id
                          AND NOT is_set_back_kept(${NOTED_ID})))`;

/** SQL: the time of the last round before; a time to come was written by a clock that tells nothing. */
const LAST_ROUND_AT = `CASE WHEN known.round_at > now() THEN '-infinity' ELSE known.round_at END`;

const RAISE = `
  WITH raised AS (
    UPDATE installation known
       SET id          = CASE WHEN ${IS_SET_BACK} THEN gen_random_uuid() ELSE known.id END,
           set_back_at = CASE WHEN ${IS_SET_BACK} THEN now() ELSE known.set_back_at END,
           lost_since  = CASE WHEN ${IS_SET_BACK} THEN ${LAST_ROUND_AT} ELSE known.lost_since END,
           round       = CASE WHEN ${IS_SET_BACK} THEN greatest(known.round, $2::bigint) ELSE known.round END + 1,
           round_at    = now(),
           database    = here.database
      FROM (SELECT database_identity() AS database) AS here
    RETURNING known.database || '.' || known.id AS identity, known.round::float8 AS round,
              known.set_back_at IS NOT DISTINCT FROM now() AS "isSetBack", known.lost_since
  ), noted AS (
    INSERT INTO set_backs (installation_id, lost_since)
    SELECT ${NOTED_ID}, lost_since FROM raised WHERE "isSetBack" AND $1 <> '' ON CONFLICT DO NOTHING
  ) SELECT identity, round, "isSetBack" FROM raised`;

/**
 * R22, in SQL: the database was neither set back nor exchanged since this process last raised its round (R16). What is
 * recorded in `installation` shows a set-back only after a process has noticed it.
 */
export const isWhereItWas = (identity: string, round: string): string => `
  EXISTS (SELECT FROM installation WHERE database || '.' || id = ${identity} AND round >= ${round}::bigint)`;

/**
 * R22, in SQL: the row of `campaigns` is older than a set-back. The installation id tells, since the clock of the
 * database that is there now may be behind that of the one before. A campaign without an id, of a release that wrote
 * none, counts as older.
 */
export const isOlderThanSetBack = `
  (installation.set_back_at IS NOT NULL AND campaigns.installation_id IS DISTINCT FROM installation.id)`;
