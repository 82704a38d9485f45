import type { DataSource } from 'typeorm';
import { BatchesInTurn } from '../../platform/gathering/batches-in-turn.js';
import { numberArray } from '../../platform/postgres/number-array.js';
import { isPostgresFailure } from '../../platform/postgres/postgres-failure.js';
import { type PreparedStatement, preparedRows } from '../../platform/postgres/rows.js';
import { sqlState } from '../../platform/postgres/sql-state.js';
import type { GateClaim } from '../slots/gate-claim.js';
import { type InsertedClaims, insertedClaims, type InsertedRow } from './inserted-claims.js';

/** Slots that the gate of one campaign has given out. */
export interface GateGrants {
  readonly campaignId: string;
  /** Of the gate. */
  readonly epoch: string;
  /** In order of arrival; each holds a slot. */
  readonly claims: readonly GateClaim[];
}

/** Nothing was written: somebody waits in this campaign, or has waited. */
export const HAS_LINE = 'has-line';

/**
 * Nothing was written: the campaign's row is held by somebody else, its epoch has moved on, or a statement with others
 * failed. The claims need a statement of their own, which waits, and tells these cases apart.
 */
export const GOES_ALONE = 'goes-alone';

export type TogetherOutcome = InsertedClaims | typeof HAS_LINE | typeof GOES_ALONE;

/** While one statement commits, the next is executed. More at once would make each smaller, and each claim dearer. */
const STATEMENTS_AT_ONCE = 2;

/** Most claims in a statement, of all its campaigns. */
const MOST_CLAIMS = 1_000;

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * In ms. A statement waits only for somebody who writes the very same grants, another instance for example: usually no
 * longer than a commit takes.
 */
const LONGEST_WAIT_MS = 250;

/** The row that `RECORD_GRANTS` returns for each campaign that got through the fence. */
interface RecordedGrants extends InsertedRow {
  /** From 1, in the order of the campaigns that were given. */
  readonly place: number;
  readonly hasLine: boolean;
}

/**
 * Records grants of campaigns without a line, those of all campaigns that are decided at about the same time in one
 * statement: a commit costs several times what a grant costs. No campaign waits for another one's locks, and none fails
 * because of another (docs/adr/0058).
 */
export class GrantsTogether {
  private readonly statements = new BatchesInTurn(
    (grants: readonly GateGrants[]) => this.writeOrPart(grants),
    { atOnce: STATEMENTS_AT_ONCE, batchWeight: MOST_CLAIMS, weigh: ({ claims }) => claims.length },
  );

  constructor(private readonly source: DataSource) {}

  /** Safe to repeat. @throws the driver's error when Postgres can't be asked, or refuses these grants by themselves */
  write(grants: GateGrants): Promise<TogetherOutcome> {
    return this.statements.ask(grants);
  }

  /** If it fails because of a campaign, each tries alone. */
  private async writeOrPart(grants: readonly GateGrants[]): Promise<readonly TogetherOutcome[]> {
    try {
      return await this.writeAll(grants);
    } catch (error) {
      const isLockedOut = sqlState(error) === LOCK_NOT_AVAILABLE;
      if (!isLockedOut && (grants.length === 1 || isPostgresFailure(error))) throw error;
      return grants.map(() => GOES_ALONE);
    }
  }

  private async writeAll(grants: readonly GateGrants[]): Promise<readonly TogetherOutcome[]> {
    const claims = grants.flatMap((of) => of.claims);
    let count = 0;
    const lasts = grants.map((of) => (count += of.claims.length));
    const recorded = await preparedRows<RecordedGrants>(this.source, RECORD_GRANTS, [
      grants.map(({ campaignId }) => campaignId),
      numberArray(grants.map(({ epoch }) => epoch)),
      numberArray(grants.map((of, i) => (lasts[i] ?? 0) - of.claims.length + 1)),
      numberArray(lasts),
      numberArray(claims.map(({ userId }) => userId)),
      numberArray(claims.map(({ grantSeq }) => grantSeq ?? 'NULL')),
      numberArray(claims.map(({ arrivalNo }) => arrivalNo)),
      numberArray(claims.map(({ createdAt }) => createdAt)),
    ]);
    const outcomes: TogetherOutcome[] = grants.map(() => GOES_ALONE);
    for (const row of recorded) {
      const own = grants[row.place - 1]?.claims ?? [];
      outcomes[row.place - 1] = row.hasLine ? HAS_LINE : insertedClaims(row, own);
    }
    return outcomes;
  }
}

/**
 * $1 campaigns, $2 their epochs, $3 and $4 the first and the last of the claims of each, from 1, then one array per
 * column of the claims: users, slots, arrivals, created (ms).
 *
 * R1: holds each campaign's row during the write, at its epoch, in the turn of those who write that row. Whatever is
 * not free at once is left out, so that nobody waits for another campaign. In a campaign without a place in the line,
 * open or ended, nothing a place may say about a grant needs asking (docs/adr/0056). Rows are inserted by campaign and
 * arrival, so that two statements that write the same rows can't deadlock. Slices and scalar sub-queries: nothing is
 * joined by estimated sizes.
 */
const RECORD_GRANTS: PreparedStatement = {
  name: 'record-grants',
  text: `
  WITH patience AS MATERIALIZED (
    SELECT set_config('lock_timeout', '${LONGEST_WAIT_MS}', true)
  ), fence AS MATERIALIZED (
    SELECT wanted.place, wanted.first, wanted.last, held.id, held.amount, held.currency,
           (SELECT true FROM waiting_entries WHERE campaign_id = held.id LIMIT 1) IS NOT NULL AS has_line
      FROM patience, unnest($1::text[], $2::bigint[], $3::int[], $4::int[]) WITH ORDINALITY AS wanted (campaign_id, epoch, first, last, place)
     CROSS JOIN LATERAL (
       SELECT id, amount, currency
         FROM campaigns, (SELECT pg_try_advisory_xact_lock_shared(hashtextextended('campaign:' || wanted.campaign_id, 0)) AS is_mine OFFSET 0) AS turn
        WHERE is_mine AND id = wanted.campaign_id AND epoch = wanted.epoch
       OFFSET 0 FOR SHARE OF campaigns SKIP LOCKED) AS held
  ), granted AS (
    INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
    SELECT fence.id, claim.user_id, claim.grant_seq, claim.arrival_no, to_timestamp(claim.created_ms / 1000.0)
      FROM fence CROSS JOIN LATERAL unnest(($5::bigint[])[first:last], ($6::int[])[first:last],
                                           ($7::bigint[])[first:last], ($8::bigint[])[first:last])
                    AS claim (user_id, grant_seq, arrival_no, created_ms)
     WHERE NOT has_line
     ORDER BY fence.id, claim.arrival_no
    ON CONFLICT DO NOTHING
    RETURNING campaign_id, user_id
  )
  SELECT place::int, has_line AS "hasLine", now() AS at, amount::float8 AS amount, currency,
         CASE WHEN (SELECT count(*) FROM granted) < (SELECT sum(last - first + 1) FROM fence WHERE NOT has_line)
              THEN ARRAY(SELECT user_id::text FROM granted WHERE granted.campaign_id = fence.id) END AS "userIds"
    FROM fence`,
};
