import { type PersonStatus, WITH_GRANT, WITHOUT_GRANT } from './person.js';

/** Arrival numbers that one statement searches where no index has what is asked for. */
export const STRETCH = 50_000;

/** Some people of a campaign, in order of arrival. */
interface Source {
  readonly table: 'user_grants' | 'waiting_entries';
  /** What the partial index behind it holds: all of these rows are wanted. */
  readonly rows: string;
  /** Which of these rows are wanted. */
  readonly wanted: string;
}

/** R8: an entry counts only while its user has no grant. */
const HAS_NO_GRANT = `NOT EXISTS (SELECT FROM user_grants taken
  WHERE taken.campaign_id = $1 AND taken.user_id = waiting_entries.user_id OFFSET 0)`;

/** Literals, not parameters: a plan for any state can't use a partial index. */
const IN_STATE: Readonly<Record<PersonStatus, string>> = {
  PENDING: `status = 'PENDING'`,
  SUCCESS: `status = 'SUCCESS' AND taken_back IS NULL`,
  FAILED: `status = 'FAILED' AND taken_back IS NULL`,
  REVOKED: `taken_back = 'REVOKED'`,
  REVERSED: `taken_back = 'REVERSED'`,
  WAITING: `promoted_at IS NULL AND ended_at IS NULL AND ${HAS_NO_GRANT}`,
  ENDED: `ended_at IS NOT NULL AND left_at IS NULL AND ${HAS_NO_GRANT}`,
  LEFT: `left_at IS NOT NULL AND ${HAS_NO_GRANT}`,
};

/** Whether people in these states can be found only by a search: most grants are SUCCESS, and no index has those. */
export function needsSearch(statuses: readonly PersonStatus[]): boolean {
  return statuses.includes('SUCCESS') && !WITH_GRANT.every((status) => statuses.includes(status));
}

/**
 * The people in these states who come first. $1 campaign, $2 after and $3 up to this arrival number, $4 how many at
 * most: a parameter, so that no plan expects to read nearly everything, and sorts it.
 * @param search reads at most STRETCH rows of each source: the arrival numbers must lie no farther apart. $5 and $6 are
 *   then the time of the first claim, and of the first one too late; null for any
 */
export function selectPeople(statuses: readonly PersonStatus[], search: boolean): string {
  const found = sourcesOf(statuses).map(
    ({ table, rows, wanted }) => `
      (SELECT user_id, arrival_no
         FROM (SELECT * FROM ${table}
                WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3 AND ${rows}
                ORDER BY arrival_no LIMIT ${search ? STRETCH : '$4'}) AS stretch
        WHERE ${wanted}${search ? ` AND ${IN_TIME}` : ''} ORDER BY arrival_no LIMIT $4)`,
  );
  return `
    WITH found AS MATERIALIZED (
      SELECT user_id FROM (${found.join(' UNION ALL ')}) AS people ORDER BY arrival_no LIMIT $4)
    ${DETAILS}`;
}

/** $1 campaign, $2 user. No row for somebody who has not claimed. */
export function selectPerson(): string {
  return `WITH found AS (SELECT $2::bigint AS user_id) ${DETAILS}`;
}

/** $1 campaign, $2 slot, $3 after and $4 up to this arrival number, $5 how many at most. */
export function selectHolders(): string {
  const holders = (rows: string): string =>
    `(SELECT user_id, arrival_no FROM user_grants
       WHERE campaign_id = $1 AND grant_seq = $2 AND ${rows} AND arrival_no > $3 AND arrival_no <= $4
       ORDER BY arrival_no LIMIT $5)`;
  return `
    WITH found AS MATERIALIZED (
      SELECT user_id FROM (${holders(`status <> 'FAILED'`)} UNION ALL ${holders(`status = 'FAILED'`)}) AS holders
       ORDER BY arrival_no LIMIT $5)
    ${DETAILS}`;
}

const IN_TIME = `($5::timestamptz IS NULL OR created_at >= $5) AND ($6::timestamptz IS NULL OR created_at < $6)`;

function sourcesOf(statuses: readonly PersonStatus[]): Source[] {
  const grants = WITH_GRANT.filter((status) => statuses.includes(status));
  const entries = WITHOUT_GRANT.filter((status) => statuses.includes(status));
  const inLine = entries.map((status) => indexed('waiting_entries', IN_STATE[status]));
  if (grants.length === WITH_GRANT.length) return [indexed('user_grants', 'true'), ...inLine];
  if (needsSearch(statuses)) {
    const wanted = grants.map((status) => `(${IN_STATE[status]})`).join(' OR ');
    return [{ table: 'user_grants', rows: 'true', wanted: `(${wanted})` }, ...inLine];
  }
  return [...grants.flatMap(indexedGrants), ...inLine];
}

/** PENDING grants are in two indexes: not begun, or begun. */
function indexedGrants(status: PersonStatus): Source[] {
  if (status !== 'PENDING') return [indexed('user_grants', IN_STATE[status])];
  return ['NULL', 'NOT NULL'].map((begun) =>
    indexed('user_grants', `${IN_STATE.PENDING} AND begun_at IS ${begun}`),
  );
}

function indexed(table: Source['table'], rows: string): Source {
  return { table, rows, wanted: 'true' };
}

/**
 * Everything about the users in `found`. $1 campaign. OFFSET 0 has each looked up by key (docs/adr/0015). On one slot,
 * holders follow each other in order of arrival (R5), so the one before is the last that came earlier.
 */
const DETAILS = `
    SELECT found.user_id::text AS "userId",
           CASE WHEN g.status IS NOT NULL THEN COALESCE(g.taken_back, g.status)
                WHEN w.ended_at IS NULL THEN 'WAITING' WHEN w.left_at IS NULL THEN 'ENDED' ELSE 'LEFT' END AS status,
           COALESCE(g.arrival_no, w.arrival_no)::float8 AS "arrivalNo",
           COALESCE(g.created_at, w.created_at) AS "createdAt",
           CASE WHEN g.taken_back IS NOT NULL THEN GREATEST(g.updated_at, p.updated_at)
                ELSE COALESCE(g.updated_at, w.ended_at, w.created_at) END AS "updatedAt", g.grant_seq AS "grantSeq",
           w.promoted_at AS "promotedAt",
           earlier.user_id::text AS "earlierUserId", earlier.arrival_no::float8 AS "earlierArrivalNo",
           CASE WHEN p.state IN ('SETTLED', 'REJECTED', 'REVERSED', 'REVOKED') THEN p.state END AS "payoutState",
           p.last_error AS "payoutError", p.provider_reference AS "payoutReference",
           CASE p.state WHEN 'SETTLED' THEN p.updated_at WHEN 'REVERSED' THEN
             (SELECT min(created_at) FROM (SELECT created_at FROM payout_history
                WHERE idempotency_key = p.idempotency_key AND event = 'SETTLED' OFFSET 0) AS settled) END AS "paidAt"
      FROM found
      LEFT JOIN LATERAL (SELECT * FROM user_grants
                          WHERE campaign_id = $1 AND user_id = found.user_id OFFSET 0) AS g ON true
      LEFT JOIN LATERAL (SELECT * FROM waiting_entries
                          WHERE campaign_id = $1 AND user_id = found.user_id OFFSET 0) AS w ON true
      LEFT JOIN LATERAL (SELECT * FROM payouts
                          WHERE campaign_id = $1 AND user_id = found.user_id OFFSET 0) AS p ON true
      LEFT JOIN LATERAL (SELECT user_id, arrival_no FROM user_grants
                          WHERE campaign_id = $1 AND status = 'FAILED' AND grant_seq = g.grant_seq
                            AND arrival_no < g.arrival_no
                          ORDER BY arrival_no DESC LIMIT 1) AS earlier ON true
     WHERE g.user_id IS NOT NULL OR w.user_id IS NOT NULL
     ORDER BY "arrivalNo"`;
