import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { STALE_EPOCH } from '../slots/gate-answers.js';
import type { GateClaim } from '../slots/gate-claim.js';
import { numberArray } from '../../platform/postgres/number-array.js';
import { type PreparedStatement, preparedRows, rows } from '../../platform/postgres/rows.js';
import { type ClaimLookup, lookUpClaims } from './claim-lookup.js';
import type { ClaimRecord } from './claim-record.js';
import { GOES_ALONE, GrantsTogether, HAS_LINE } from './grants-together.js';
import { type InsertedClaims, insertedClaims, type InsertedRow } from './inserted-claims.js';

/** Most campaigns of which it is remembered that they have a line. What is forgotten costs a statement. */
const LINES_REMEMBERED = 10_000;

/** Claims in Postgres. */
@Injectable()
export class ClaimStore {
  /** Campaigns with a line, or with what is left of one: entries stay as long as their campaign. */
  private readonly withLine = new LRUCache<string, true>({ max: LINES_REMEMBERED });
  private readonly grants: GrantsTogether;

  constructor(@InjectDataSource() private readonly source: DataSource) {
    this.grants = new GrantsTogether(source);
  }

  /**
   * Makes what the gate decided durable, in one statement that is its own transaction: grants, places in the line, and
   * promotions from the line. Safe to repeat. A claim that collides does not keep others out.
   * @returns STALE_EPOCH when the epoch has moved on: nothing was written, ask the gate again (R1)
   */
  async insert(
    campaignId: string,
    epoch: string,
    claims: readonly GateClaim[],
  ): Promise<InsertedClaims | typeof STALE_EPOCH> {
    if (!this.withLine.has(campaignId) && claims.every(({ grantSeq }) => grantSeq !== null)) {
      const outcome = await this.grants.write({ campaignId, epoch, claims });
      if (outcome === HAS_LINE) this.withLine.set(campaignId, true);
      else if (outcome !== GOES_ALONE) return outcome;
    }
    const [recorded] = await preparedRows<InsertedRow>(this.source, RECORD, [
      campaignId,
      epoch,
      numberArray(claims.map(({ userId }) => userId)),
      numberArray(claims.map(({ grantSeq }) => grantSeq ?? 'NULL')),
      numberArray(claims.map(({ arrivalNo }) => arrivalNo)),
      numberArray(claims.map(({ createdAt }) => createdAt)),
    ]);
    return recorded ? insertedClaims(recorded, claims) : STALE_EPOCH;
  }

  /** The claims of these users, and the campaign at the same instant. */
  lookUp(campaignId: string, userIds: readonly string[]): Promise<ClaimLookup> {
    return lookUpClaims(this.source, campaignId, userIds);
  }

  /**
   * The claims of these users, in no order. Users without a claim are missing; a user who is named twice is there
   * twice.
   */
  async find(campaignId: string, userIds: readonly string[]): Promise<readonly ClaimRecord[]> {
    return (await this.lookUp(campaignId, userIds)).records;
  }

  /** R25: ends the place of a user who waits. @returns false when the user does not wait, or has a grant by now */
  async leave(campaignId: string, userId: string): Promise<boolean> {
    const left = await rows(
      this.source,
      `WITH left_line AS (
         UPDATE waiting_entries entry SET ended_at = now(), left_at = now()
          WHERE campaign_id = $1 AND user_id = $2 AND ended_at IS NULL AND promoted_at IS NULL
            AND NOT EXISTS (SELECT FROM user_grants taken
                             WHERE taken.campaign_id = entry.campaign_id AND taken.user_id = entry.user_id OFFSET 0)
         RETURNING user_id
       ) SELECT user_id FROM left_line`,
      [campaignId, userId],
    );
    return left.length > 0;
  }

  /**
   * Records that the gate of this epoch was told that these users left. If a rebuild has begun meanwhile, nothing is
   * recorded: its gate must be told, too.
   */
  async noteGateTold(campaignId: string, epoch: string, userIds: readonly string[]): Promise<void> {
    await rows(
      this.source,
      `WITH told AS (
         UPDATE waiting_entries SET gate_told_at = now() FROM campaigns
          WHERE campaigns.id = $1 AND campaigns.epoch = $2
            AND waiting_entries.campaign_id = $1 AND waiting_entries.user_id = ANY ($3::bigint[]) AND left_at IS NOT NULL
         RETURNING waiting_entries.user_id
       ) SELECT user_id FROM told`,
      [campaignId, epoch, userIds],
    );
  }

  /** The slots among `grantSeqs` that a grant holds: PENDING, or paid. */
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

  /**
   * R12: how many of the arrivals after `after`, up to `upTo`, are durable; null when the epoch has moved on. The cost
   * grows with the number of arrivals between the two.
   */
  async durablePlaces(
    campaignId: string,
    epoch: string,
    after: number,
    upTo: number,
  ): Promise<number | null> {
    const [durable] = await preparedRows<{ places: number }>(this.source, COUNT_PLACES, [
      campaignId,
      epoch,
      after,
      upTo,
    ]);
    return durable?.places ?? null;
  }
}

/** $1 campaign, $2 epoch, $3 after, $4 up to. */
const COUNT_PLACES: PreparedStatement = {
  name: 'count-durable-places',
  text: `
  SELECT (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND arrival_no > $3 AND arrival_no <= $4)::int
       + (SELECT count(*) FROM waiting_line WHERE campaign_id = $1 AND arrival_no > $3 AND arrival_no <= $4)::int AS places
    FROM campaigns WHERE id = $1 AND epoch = $2`,
};

/**
 * $1 campaign, $2 epoch, then one array per column: users, slots (null for a place in the line), arrivals, created
 * (ms).
 *
 * R1: holds the campaign's row during the write, and lets nothing through once the epoch has moved on; `turn` lets
 * writers of that row take their turn. An arrival number is unique across grants and line together. R9, R25: a user who
 * was told that the campaign ended, or who left, gets no grant. R26: places that become grants are locked first, so
 * that whatever ends one has done so before, or finds the grant. Rows are inserted by arrival, so that two statements
 * that write the same rows can't deadlock. OFFSET 0: see the view `waiting_line`.
 */
const RECORD: PreparedStatement = {
  name: 'record-claims',
  text: `
  WITH fence AS MATERIALIZED (
    SELECT id, amount, currency FROM campaigns, (SELECT pg_advisory_xact_lock_shared(hashtextextended('campaign:' || $1, 0)) OFFSET 0) AS turn
     WHERE id = $1 AND epoch = $2 FOR SHARE OF campaigns
  ), claims AS (
    SELECT fence.id AS campaign_id, claim.user_id, claim.grant_seq, claim.arrival_no,
           to_timestamp(claim.created_ms / 1000.0) AS created_at
      FROM fence, unnest($3::bigint[], $4::int[], $5::bigint[], $6::bigint[])
                    AS claim (user_id, grant_seq, arrival_no, created_ms)
  ), line AS MATERIALIZED (
    SELECT claims.user_id, held.arrival_no, held.ended_at
      FROM claims CROSS JOIN LATERAL (SELECT arrival_no, ended_at FROM waiting_entries entry
                                       WHERE entry.campaign_id = claims.campaign_id AND entry.user_id = claims.user_id
                                      OFFSET 0 FOR UPDATE) AS held
     WHERE claims.grant_seq IS NOT NULL
  ), granted AS (
    INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
    SELECT campaign_id, user_id, grant_seq, arrival_no, created_at FROM claims
     WHERE grant_seq IS NOT NULL
       AND NOT EXISTS (SELECT FROM line
                        WHERE line.user_id = claims.user_id AND (line.ended_at IS NOT NULL OR line.arrival_no <> claims.arrival_no))
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
  ), done AS (
    SELECT user_id FROM granted UNION ALL SELECT user_id FROM queued
  )
  SELECT now() AS at, amount::float8 AS amount, currency,
         CASE WHEN (SELECT count(*) FROM done) < cardinality($3::bigint[])
              THEN ARRAY(SELECT user_id::text FROM done) END AS "userIds"
    FROM fence`,
};
