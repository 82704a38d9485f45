import type { DataSource } from 'typeorm';
import type { GateClaim, GateState } from '../grants/slots/gate-claim.js';
import { gateClaims } from '../grants/slots/gate-claims-reader.js';
import type { GateKeys } from '../grants/slots/gate-keys.js';
import { rows } from '../platform/postgres/rows.js';
import type { RedisClient } from '../platform/redis/open-redis.js';
import { type CheckResult, MOST_VIOLATIONS } from './audit-report.js';

interface PostgresClaim {
  readonly userId: string;
  readonly arrivalNo: number;
  readonly grantSeq: number | null;
  readonly status: string;
}

/** State at the gate -> the matching status in Postgres, once both are up to date. */
const AGREES: Readonly<Record<GateState, string>> = {
  PROCESSING: 'PENDING',
  SETTLED: 'SUCCESS',
  FAILED: 'FAILED',
  WAITING: 'WAITING',
  ENDED: 'ENDED',
};

/** P4. Reads everybody whom the gate knows, a page at a time. */
export async function checkClaims(
  redis: RedisClient,
  source: DataSource,
  campaignId: string,
  keys: GateKeys,
): Promise<CheckResult> {
  const violations: string[] = [];
  let examined = 0;
  for await (const claims of gateClaims(redis, keys)) {
    examined += claims.length;
    violations.push(...(await contradictions(source, campaignId, claims)));
  }
  return {
    promise: 'P4',
    statement: 'whoever the gate knows is in Postgres with the same numbers and in the same state',
    examined,
    violations: violations.slice(0, MOST_VIOLATIONS),
  };
}

async function contradictions(
  source: DataSource,
  campaignId: string,
  claims: readonly GateClaim[],
): Promise<string[]> {
  const found = await rows<PostgresClaim>(
    source,
    `SELECT user_id AS "userId", arrival_no::float8 AS "arrivalNo", grant_seq AS "grantSeq", status
       FROM user_grants WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[])
     UNION ALL
     SELECT user_id, arrival_no::float8, NULL, CASE WHEN ended_at IS NULL THEN 'WAITING' ELSE 'ENDED' END
       FROM waiting_line WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[])`,
    [campaignId, claims.map(({ userId }) => userId)],
  );
  const byUser = new Map(found.map((claim) => [claim.userId, claim]));
  return claims.flatMap(({ userId, arrivalNo, grantSeq, state }) => {
    const row = byUser.get(userId);
    const gate = `${state} arrival ${arrivalNo} slot ${grantSeq ?? 'none'}`;
    if (!row) return [`user ${userId}: gate ${gate}, Postgres nothing`];
    if (row.arrivalNo === arrivalNo && row.grantSeq === grantSeq && row.status === AGREES[state]) return [];
    // The gate promoted the user after the user's place had ended in Postgres: the slot was passed on.
    if (row.arrivalNo === arrivalNo && row.status === 'ENDED' && state === 'FAILED') return [];
    return [
      `user ${userId}: gate ${gate}, Postgres ${row.status} arrival ${row.arrivalNo} slot ${row.grantSeq ?? 'none'}`,
    ];
  });
}

/** P6. @param settled the gate's count */
export async function checkSettled(
  source: DataSource,
  campaignId: string,
  settled: number,
): Promise<CheckResult> {
  const [paid] = await rows<{ count: number }>(
    source,
    `SELECT count(*)::int AS count FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS'`,
    [campaignId],
  );
  const count = paid?.count ?? 0;
  return {
    promise: 'P6',
    statement: 'the gate has settled what Postgres has paid',
    examined: count,
    violations: count === settled ? [] : [`the gate says ${settled}, Postgres ${count}`],
  };
}

/** R7. Another check covers people who are known but not durable yet, so the gate may know more of them. */
export async function checkMemory(
  source: DataSource,
  campaignId: string,
  known: number,
): Promise<CheckResult> {
  const [places] = await rows<{ count: number }>(
    source,
    `SELECT count(*)::int AS count
       FROM (SELECT user_id FROM user_grants WHERE campaign_id = $1
             UNION SELECT user_id FROM waiting_entries WHERE campaign_id = $1) AS people`,
    [campaignId],
  );
  const count = places?.count ?? 0;
  return {
    promise: 'P2',
    statement: 'the gate remembers everybody who has a row, so that nobody gets a second place',
    examined: count,
    violations: known >= count ? [] : [`the gate knows ${known}, Postgres ${count}`],
  };
}

/** P3: whoever is next at the gate is next in Postgres. */
export async function checkLine(
  source: DataSource,
  campaignId: string,
  line: readonly string[],
): Promise<CheckResult> {
  const waiting = await rows<{ userId: string }>(
    source,
    `SELECT user_id AS "userId" FROM waiting_line
      WHERE campaign_id = $1 AND ended_at IS NULL ORDER BY arrival_no`,
    [campaignId],
  );
  const differs = Array.from({ length: Math.max(line.length, waiting.length) }, (_, place) => place).filter(
    (place) => line[place] !== waiting[place]?.userId,
  );
  return {
    promise: 'P3',
    statement: 'the gate’s line is that of Postgres, in the same order',
    examined: waiting.length,
    violations: differs
      .slice(0, MOST_VIOLATIONS)
      .map(
        (place) =>
          `place ${place + 1}: at the gate ${line[place] ?? 'nobody'}, in Postgres ${waiting[place]?.userId ?? 'nobody'}`,
      ),
  };
}

/** P5. @param rebuiltUpTo the last arrival number before this gate was built. @param arrivalNo its last one */
export async function checkArrivals(
  source: DataSource,
  campaignId: string,
  rebuiltUpTo: number,
  arrivalNo: number,
): Promise<CheckResult> {
  const [places] = await rows<{ count: number; last: number }>(
    source,
    `SELECT count(*)::int AS count, COALESCE(max(arrival_no), $2)::float8 AS last
       FROM (SELECT arrival_no FROM user_grants WHERE campaign_id = $1 AND arrival_no > $2
             UNION SELECT arrival_no FROM waiting_entries WHERE campaign_id = $1 AND arrival_no > $2) AS places`,
    [campaignId, rebuiltUpTo],
  );
  const { count, last } = places ?? { count: 0, last: rebuiltUpTo };
  const durable = count === arrivalNo - rebuiltUpTo && last === arrivalNo;
  return {
    promise: 'P5',
    statement:
      'every arrival that this gate has given out is in Postgres: nobody ahead of a "sold out" is missing',
    examined: count,
    violations: durable
      ? []
      : [
          `the gate gave out ${rebuiltUpTo + 1} to ${arrivalNo}, Postgres holds ${count} of them, up to ${last}`,
        ],
  };
}
