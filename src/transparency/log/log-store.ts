import type { EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import type { Leaf } from '../formats/leaf.js';

/** How far the log has come. */
export interface LogState {
  readonly size: number;
  /** The last leaf of the kind `log`. */
  readonly logLeaf: string | null;
  /** What is published, as a signed note, and the size of its tree. */
  readonly checkpoint: string | null;
  readonly checkpointSize: number;
}

/** A leaf that is to be appended. */
export interface NewLeaf {
  /** Null: it is about the whole log. */
  readonly campaignId: string | null;
  /** Null: it is about nobody in particular. */
  readonly arrivalNo: number | null;
  readonly line: string;
}

/** What is new of a tile: its hashes from `from` on. */
export interface TileGrowth {
  readonly level: number;
  readonly index: number;
  /** How many hashes the tile has already. */
  readonly from: number;
  readonly hashes: Uint8Array;
}

/** The log has another size than the writer knows: somebody else writes it. */
export class LogWrittenByAnother extends Error {
  override readonly name = 'LogWrittenByAnother';
}

/** @param transaction in which the state is to be changed, or any connection */
export async function readLogState(transaction: EntityManager): Promise<LogState> {
  const [state] = await rows<LogState>(
    transaction,
    `SELECT size::float8 AS size, log_leaf AS "logLeaf", checkpoint, checkpoint_size::float8 AS "checkpointSize"
       FROM log_state`,
  );
  if (!state) throw new Error('The row of log_state is missing.');
  return state;
}

/**
 * Appends to the log, in the caller's transaction. The row of log_state is locked first, so one writer appends at a
 * time, and one that was superseded appends nothing.
 * @param from the size that the writer knows
 * @throws LogWrittenByAnother when the log has another size
 */
export async function appendToLog(
  transaction: EntityManager,
  from: number,
  leaves: readonly NewLeaf[],
  tiles: readonly TileGrowth[],
): Promise<void> {
  const logLeaf = leaves.findLast(({ campaignId }) => campaignId === null)?.line ?? null;
  const grown = await rows(
    transaction,
    `WITH grown AS (
       UPDATE log_state SET size = $1::bigint + $2, log_leaf = COALESCE($3, log_leaf) WHERE size = $1 RETURNING size
     ) SELECT size FROM grown`,
    [from, leaves.length, logLeaf],
  );
  if (grown.length === 0) throw new LogWrittenByAnother('The log was appended to by another process.');
  await rows(
    transaction,
    `INSERT INTO log_leaves (log_index, campaign_id, arrival_no, leaf)
     SELECT $1::bigint + ordinality - 1, campaign_id, arrival_no, leaf
       FROM ROWS FROM (unnest($2::text[]), unnest($3::bigint[]), string_to_table($4, E'\\n'))
            WITH ORDINALITY AS leaf (campaign_id, arrival_no, leaf)`,
    [
      from,
      leaves.map(({ campaignId }) => campaignId),
      `{${leaves.map(({ arrivalNo }) => arrivalNo ?? 'NULL').join(',')}}`, // the driver would quote each of them
      leaves.map(({ line }) => line).join('\n'),
    ],
  );
  await growTiles(transaction, tiles);
}

async function growTiles(transaction: EntityManager, tiles: readonly TileGrowth[]): Promise<void> {
  const grown = await rows(
    transaction,
    `INSERT INTO log_tiles (level, n, hashes)
     SELECT level, n, hashes FROM unnest($1::int[], $2::bigint[], $3::int[], $4::bytea[]) AS tile (level, n, first, hashes)
      ORDER BY level, n
     ON CONFLICT (level, n) DO UPDATE SET hashes = log_tiles.hashes || excluded.hashes
      WHERE (log_tiles.level, log_tiles.n, length(log_tiles.hashes) / 32) IN
            (SELECT level, n, first FROM unnest($1::int[], $2::bigint[], $3::int[]) AS known (level, n, first))
     RETURNING n`,
    [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ from }) => from),
      tiles.map(({ hashes }) => Buffer.from(hashes)),
    ],
  );
  if (grown.length !== tiles.length)
    throw new LogWrittenByAnother('A tile of the log is not as wide as it should be.');
}

/**
 * Publishes a checkpoint, unless a later one is published.
 * @param isCosigned whether enough witnesses have cosigned it just now
 * @returns whether it is published now
 */
export async function publishCheckpoint(
  transaction: EntityManager,
  size: number,
  note: string,
  isCosigned: boolean,
): Promise<boolean> {
  const published = await rows(
    transaction,
    `WITH published AS (
       UPDATE log_state SET checkpoint = $2, checkpoint_size = $1, checkpoint_at = now(),
                            cosigned_at = CASE WHEN $3 THEN now() ELSE cosigned_at END
        WHERE checkpoint_size <= $1 AND size >= $1 RETURNING size
     ) SELECT size FROM published`,
    [size, note, isCosigned],
  );
  return published.length > 0;
}

/**
 * Keeps a checkpoint that has cosignatures, for the proofs of campaigns: one in ten seconds at most, since it is kept
 * for ever. A time that is still to come is from before Postgres' clock was set back (R27).
 */
export async function keepCheckpoint(transaction: EntityManager, size: number, note: string): Promise<void> {
  await rows(
    transaction,
    `INSERT INTO log_checkpoints (size, note)
     SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM (SELECT at FROM log_checkpoints ORDER BY size DESC LIMIT 1) AS newest
                                      WHERE at BETWEEN now() - interval '10 s' AND now())
     ON CONFLICT (size) DO NOTHING RETURNING size`,
    [size, note],
  );
}

/**
 * Notes which campaigns these leaves begin, end, and open again: the last such leaf of each counts.
 * @param from the index of the first of them
 * @param leaves null for one that cannot be read
 */
export async function noteCampaigns(
  transaction: EntityManager,
  from: number,
  leaves: readonly (Leaf | null)[],
): Promise<void> {
  const begun = indexed(from, leaves, ['terms', 'unproven']);
  if (begun.length > 0)
    await rows(
      transaction,
      `INSERT INTO log_campaigns (campaign_id, first_index)
       SELECT * FROM unnest($1::text[], $2::bigint[]) RETURNING campaign_id`,
      [begun.map(({ campaign }) => campaign), begun.map(({ index }) => index)],
    );
  const moved = [
    ...new Map(
      indexed(from, leaves, ['unproven', 'stopped', 'end', 'restored']).map((leaf) => [leaf.campaign, leaf]),
    ).values(),
  ];
  if (moved.length > 0)
    await rows(
      transaction,
      `WITH moved AS (
         UPDATE log_campaigns SET last_index = known.last_index, standing = known.standing
           FROM unnest($1::text[], $2::bigint[], $3::text[]) AS known (campaign_id, last_index, standing)
          WHERE log_campaigns.campaign_id = known.campaign_id
         RETURNING log_campaigns.campaign_id
       ) SELECT campaign_id FROM moved`,
      [
        moved.map(({ campaign }) => campaign),
        moved.map(({ kind, index }) => (kind === 'restored' ? null : index)),
        moved.map(({ kind }) => STANDINGS[kind]),
      ],
    );
}

/** What a campaign is in the log after a leaf of this kind; one that was taken back is open again. */
const STANDINGS = { unproven: 'unproven', stopped: 'stopped', end: 'ended', restored: 'open' } as const;

function indexed<Kind extends Exclude<Leaf['kind'], 'log'>>(
  from: number,
  leaves: readonly (Leaf | null)[],
  kinds: readonly Kind[],
): { readonly campaign: string; readonly kind: Kind; readonly index: number }[] {
  return leaves.flatMap((leaf, place) => {
    const kind = kinds.find((known) => known === leaf?.kind);
    return kind && leaf && leaf.kind !== 'log'
      ? [{ campaign: leaf.campaign, kind, index: from + place }]
      : [];
  });
}
