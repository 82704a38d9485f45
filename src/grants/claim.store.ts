import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { GateClaim } from '../gate/gate-claim.js';
import { type PreparedStatement, preparedRows, rows } from '../postgres/rows.js';
import type { ClaimRecord } from './claim-record.js';

/** What a call of `record` made durable; whoever is missing was there already, or collided with somebody else's place. */
export interface Recorded {
  readonly userIds: ReadonlySet<string>;
  /** The transaction's time, by Postgres' clock. */
  readonly at: Date;
}

/** The epoch has moved on: nothing was written, ask the gate again (R1). */
export const FENCED = 'fenced';

/** Claims in Postgres. */
@Injectable()
export class ClaimStore {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * Makes what the gate decided durable, in one statement that is its own transaction: grants, places in the line, and
   * promotions from the line. Safe to repeat. One claim that collides keeps no other out.
   */
  async record(
    campaignId: string,
    epoch: string,
    claims: readonly GateClaim[],
  ): Promise<Recorded | typeof FENCED> {
    const [result] = await preparedRows<{ fenced: boolean; userIds: string[] | null; at: Date }>(
      this.source,
      RECORD,
      [
        campaignId,
        epoch,
        claims.map(({ userId }) => userId),
        claims.map(({ grantSeq }) => grantSeq),
        claims.map(({ arrivalNo }) => arrivalNo),
        claims.map(({ createdAt }) => createdAt),
      ],
    );
    if (!result || result.fenced) return FENCED;
    return { userIds: new Set(result.userIds ?? []), at: result.at };
  }

  /** The claims of these users; who has none is missing, who is named twice is there twice. In no order. */
  find(campaignId: string, userIds: readonly string[]): Promise<ClaimRecord[]> {
    return preparedRows<ClaimRecord>(this.source, FIND, [campaignId, userIds]);
  }

  /** Those of `grantSeqs` that some grant holds: PENDING, or paid. */
  async liveSlots(campaignId: string, grantSeqs: readonly number[]): Promise<ReadonlySet<number>> {
    const live = await rows<{ grantSeq: number }>(
      this.source,
      `SELECT live.grant_seq AS "grantSeq" FROM unnest($2::int[]) AS wanted (grant_seq)
        CROSS JOIN LATERAL (SELECT grant_seq FROM user_grants
                             WHERE campaign_id = $1 AND grant_seq = wanted.grant_seq AND status <> 'FAILED' OFFSET 0) AS live`,
      [campaignId, grantSeqs],
    );
    return new Set(live.map(({ grantSeq }) => grantSeq));
  }

  /** The place in the line of somebody who came as number `arrivalNo`: 1 for the next to be promoted. */
  async waitingPosition(campaignId: string, arrivalNo: number): Promise<number> {
    const [ahead] = await rows<{ count: number }>(
      this.source,
      `SELECT count(*)::int AS count FROM waiting_line WHERE campaign_id = $1 AND arrival_no < $2 AND ended_at IS NULL`,
      [campaignId, arrivalNo],
    );
    return (ahead?.count ?? 0) + 1;
  }

  /**
   * R12: how many of the arrivals after `rebuiltUpTo`, up to `lastArrivalNo`, are durable; null when the epoch has moved on.
   * What lies before was found durable by the rebuild, or was lost with the gate before it and leaves a gap for ever.
   */
  async durablePlaces(
    campaignId: string,
    epoch: string,
    rebuiltUpTo: number,
    lastArrivalNo: number,
  ): Promise<number | null> {
    const [durable] = await rows<{ places: number }>(
      this.source,
      `SELECT (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND arrival_no > $3 AND arrival_no <= $4)::int
            + (SELECT count(*) FROM waiting_line WHERE campaign_id = $1 AND arrival_no > $3 AND arrival_no <= $4)::int AS places
         FROM campaigns WHERE id = $1 AND epoch = $2`,
      [campaignId, epoch, rebuiltUpTo, lastArrivalNo],
    );
    return durable?.places ?? null;
  }
}

/**
 * $1 campaign, $2 epoch, then one array a column: users, slots (null for a place in the line), arrivals, created (ms).
 *
 * R1: the fence holds the campaign's row while this writes, and lets nothing through once the epoch has moved on; `turn`
 * lets whoever wants to change the row have it in turn. An
 * arrival number is unique across grants and line together. R9: who was told that the campaign ended gets no grant. R26: who
 * tells them so changes the row; should that happen while this waits for its turn, what this sees of the line is older, so it
 * lets nothing through: the row is read again once it is had, `seen` is not.
 * Rows go in by arrival, so that two that write the same rows can't block each other crosswise. OFFSET 0: see the view
 * `waiting_line`.
 */
const RECORD: PreparedStatement = {
  name: 'record-claims',
  text: `
  WITH fence AS (
    SELECT id FROM campaigns, (SELECT pg_advisory_xact_lock_shared(hashtextextended('campaign:' || $1, 0)) OFFSET 0) AS turn,
           (SELECT updated_at FROM campaigns WHERE id = $1 OFFSET 0) AS seen
     WHERE id = $1 AND epoch = $2 AND campaigns.updated_at = seen.updated_at FOR SHARE OF campaigns
  ), claims AS (
    SELECT fence.id AS campaign_id, claim.user_id, claim.grant_seq, claim.arrival_no,
           to_timestamp(claim.created_ms / 1000.0) AS created_at
      FROM fence, unnest($3::bigint[], $4::int[], $5::bigint[], $6::bigint[])
                    AS claim (user_id, grant_seq, arrival_no, created_ms)
  ), granted AS (
    INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
    SELECT campaign_id, user_id, grant_seq, arrival_no, created_at FROM claims
     WHERE grant_seq IS NOT NULL
       AND NOT EXISTS (SELECT FROM waiting_entries entry
                        WHERE entry.campaign_id = claims.campaign_id AND entry.user_id = claims.user_id
                          AND (entry.ended_at IS NOT NULL OR entry.arrival_no <> claims.arrival_no) OFFSET 0)
       AND NOT EXISTS (SELECT FROM waiting_entries other
                        WHERE other.campaign_id = claims.campaign_id AND other.arrival_no = claims.arrival_no
                          AND other.user_id <> claims.user_id OFFSET 0)
     ORDER BY arrival_no
    ON CONFLICT DO NOTHING
    RETURNING campaign_id, user_id
  ), promoted AS (
    UPDATE waiting_entries entry SET promoted_at = now()
      FROM granted CROSS JOIN LATERAL (SELECT ctid FROM waiting_entries held
                                        WHERE held.campaign_id = granted.campaign_id AND held.user_id = granted.user_id OFFSET 0) AS held
     WHERE entry.ctid = held.ctid AND entry.ended_at IS NULL
  ), queued AS (
    INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at)
    SELECT campaign_id, user_id, arrival_no, created_at FROM claims
     WHERE grant_seq IS NULL
       AND NOT EXISTS (SELECT FROM user_grants taken
                        WHERE taken.campaign_id = claims.campaign_id
                          AND taken.user_id = claims.user_id OFFSET 0)
       AND NOT EXISTS (SELECT FROM user_grants other
                        WHERE other.campaign_id = claims.campaign_id AND other.arrival_no = claims.arrival_no OFFSET 0)
     ORDER BY arrival_no
    ON CONFLICT DO NOTHING
    RETURNING user_id
  )
  SELECT NOT EXISTS (SELECT FROM fence) AS fenced, now() AS at,
         (SELECT array_agg(user_id::text) FROM (SELECT user_id FROM granted UNION ALL SELECT user_id FROM queued) AS done)
           AS "userIds"`,
};

/**
 * $1 campaign, $2 users. Who has a grant is in the line no longer, whatever their entry says (R8). Each user is looked up by
 * key, which OFFSET 0 keeps the planner from changing: `= ANY` reads the whole campaign while it is younger than the
 * statistics (docs/adr/0015).
 */
const FIND: PreparedStatement = {
  name: 'find-claims',
  text: `
  SELECT found.* FROM unnest($2::bigint[]) AS wanted (user_id)
   CROSS JOIN LATERAL (
     SELECT user_id AS "userId", status, grant_seq AS "grantSeq", arrival_no::float8 AS "arrivalNo",
            created_at AS "createdAt", updated_at AS "updatedAt"
       FROM user_grants WHERE campaign_id = $1 AND user_id = wanted.user_id OFFSET 0) AS found
  UNION ALL
  SELECT found.* FROM unnest($2::bigint[]) AS wanted (user_id)
   CROSS JOIN LATERAL (
     SELECT user_id, CASE WHEN ended_at IS NULL THEN 'WAITING' ELSE 'ENDED' END, NULL::int, arrival_no::float8,
            created_at, COALESCE(ended_at, created_at)
       FROM waiting_line WHERE campaign_id = $1 AND user_id = wanted.user_id OFFSET 0) AS found`,
};
