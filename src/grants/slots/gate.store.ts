import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { unavailable } from '../../platform/problems/problem.js';
import type { OpenGate, TakenRevision } from './gate-answers.js';
import type { GateClaim, GateState } from './gate-claim.js';

/** What Postgres knows of a campaign and the gate must know, too. Times in ms since 1970. */
export interface GateFacts {
  /** The identity of the database that was asked (R15). */
  readonly identity: string;
  /** The round of that database (R16). */
  readonly round: number;
  readonly epoch: string;
  readonly revision: string;
  readonly state: string;
  readonly opensAt: number | null;
  readonly closesAt: number | null;
  /** Whether it is past `closesAt` by Postgres' clock (R27). */
  readonly isOver: boolean;
  readonly capacity: number;
  /** Whether only people on a list may claim (R33). */
  readonly hasList: boolean;
  /** 0 once no slot can become free any more: the line admits nobody then. */
  readonly waitingCapacity: number;
  /** R9: it was sealed while it was open, so every slot was paid: none is free, even if a row is gone. */
  readonly isPaidUp: boolean;
  /** R29: the campaign has no gate any more, and none is built. */
  readonly isFinished: boolean;
}

/** Null when there is no such campaign. */
export async function readGateFacts(source: DataSource, campaignId: string): Promise<GateFacts | null> {
  const [facts] = await rows<GateFacts>(
    source,
    `SELECT database_identity() || '.' || installation.id AS identity, installation.round::float8 AS round,
            epoch, revision, state, capacity, eligibility = 'list' AS "hasList", finished_at IS NOT NULL AS "isFinished",
            CASE WHEN sealed_at IS NULL THEN waiting_capacity ELSE 0 END AS "waitingCapacity",
            sealed_at IS NOT NULL AND state <> 'CLOSED' AS "isPaidUp",
            floor(extract(epoch FROM opens_at) * 1000)::float8 AS "opensAt",
            floor(extract(epoch FROM closes_at) * 1000)::float8 AS "closesAt",
            COALESCE(closes_at <= now(), false) AS "isOver"
       FROM campaigns, installation WHERE campaigns.id = $1`,
    [campaignId],
  );
  return facts ?? null;
}

/**
 * R2: commits the next epoch in a transaction of its own. It waits for every INSERT that has read the old epoch (those
 * hold the row, R1) and refuses every later one, so a later read can't miss a row that commits a moment later. The
 * advisory lock is a queue: without it, INSERTs that share the row would keep overtaking a writer that waits for it.
 * @param standing the epoch of the gate in Redis; the next one is above it even if Postgres was set back
 * @returns the new epoch
 * @throws Problem 503 when the campaign was finished meanwhile: look again
 */
export async function raiseEpoch(source: DataSource, campaignId: string, standing: string): Promise<string> {
  const [raised] = await rows<{ epoch: string }>(
    source,
    `WITH turn AS MATERIALIZED (
       SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))
     ), raised AS (
       UPDATE campaigns SET epoch = greatest(epoch, $2) + 1 FROM turn WHERE id = $1 AND finished_at IS NULL RETURNING epoch
     ) SELECT epoch FROM raised`,
    [campaignId, standing],
  );
  if (!raised) throw unavailable('The campaign has just been finished.');
  return raised.epoch;
}

/**
 * Records up to which arrival number a gate was computed, before it lets anybody in: a number up to there without a row
 * is lost for good, and none above it belongs to an older gate.
 * @returns false when the epoch has moved on: this gate must not be put in place
 */
export async function noteEpoch(
  source: DataSource,
  { campaignId, epoch }: OpenGate,
  rebuiltUpTo: number,
): Promise<boolean> {
  const noted = await rows(
    source,
    `INSERT INTO campaign_epochs (campaign_id, epoch, rebuilt_up_to)
     SELECT id, epoch, $3 FROM campaigns WHERE id = $1 AND epoch = $2 RETURNING epoch`,
    [campaignId, epoch, rebuiltUpTo],
  );
  return noted.length > 0;
}

/** Records at which arrival number a gate took a revision. The first record of a revision stands. */
export async function noteRevision(
  source: DataSource,
  campaignId: string,
  { revision, epoch, arrivalNo }: TakenRevision,
): Promise<void> {
  await rows(
    source,
    `INSERT INTO gate_revisions (campaign_id, revision, epoch, arrival_no) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING revision`,
    [campaignId, revision, epoch, arrivalNo],
  );
}

type Place = Omit<GateClaim, 'state'>;

/**
 * The lowest arrival number above `after` of a grant or of a place in the line; null when there is none. Pages are
 * ranges of arrival numbers, not LIMITs, so that a page costs the same whatever statistics the planner has: after a
 * rush it has none yet, and for a LIMIT it would sort all remaining rows for every page.
 */
export async function nextArrivalNo(
  source: DataSource,
  campaignId: string,
  of: 'user_grants' | 'waiting_line',
  after: number,
): Promise<number | null> {
  const [next] = await rows<{ arrivalNo: number | null }>(
    source,
    `SELECT min(arrival_no)::float8 AS "arrivalNo" FROM ${of} WHERE campaign_id = $1 AND arrival_no > $2`,
    [campaignId, after],
  );
  return next?.arrivalNo ?? null;
}

/**
 * The grants with arrival numbers above `after`, up to `upTo`, by arrival. A grant that changes later only comes to its
 * end, and the reaper tells the gate.
 */
export function readGrants(
  source: DataSource,
  campaignId: string,
  after: number,
  upTo: number,
): Promise<GateClaim[]> {
  return rows<GateClaim>(
    source,
    `SELECT user_id AS "userId", arrival_no::float8 AS "arrivalNo", grant_seq AS "grantSeq",
            round(extract(epoch FROM created_at) * 1000)::float8 AS "createdAt",
            CASE status WHEN 'PENDING' THEN 'PROCESSING' WHEN 'SUCCESS' THEN 'SETTLED' ELSE 'FAILED' END AS state
       FROM user_grants WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3 ORDER BY arrival_no`,
    [campaignId, after, upTo],
  );
}

/**
 * The line with arrival numbers above `after`, up to `upTo`, by arrival. A user who has a grant is no longer in the
 * line, whatever their entry says (R8).
 */
export function readLine(
  source: DataSource,
  campaignId: string,
  after: number,
  upTo: number,
): Promise<(Place & { state: Extract<GateState, 'WAITING' | 'ENDED'> })[]> {
  return rows(
    source,
    `SELECT user_id AS "userId", arrival_no::float8 AS "arrivalNo", NULL AS "grantSeq",
            round(extract(epoch FROM created_at) * 1000)::float8 AS "createdAt",
            CASE WHEN ended_at IS NULL THEN 'WAITING' ELSE 'ENDED' END AS state
       FROM waiting_line WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3
      ORDER BY arrival_no`,
    [campaignId, after, upTo],
  );
}
