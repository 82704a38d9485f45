import type { PostgresCheck } from './postgres-checks.js';

/**
 * What the leaves about people say that were not taken back after a restore; `slot` is `-` for a place in the line.
 * Fields: docs/transparency.md.
 */
const LEAVES = `
  SELECT arrival_no, split_part(leaf, ' ', 2) AS kind,
         split_part(leaf, ' ', CASE WHEN leaf LIKE 'v1 claim %' THEN 7 ELSE 5 END) AS slot
    FROM log_leaves said WHERE campaign_id = $1 AND arrival_no IS NOT NULL
     AND NOT EXISTS (SELECT FROM log_leaves back
                      WHERE back.campaign_id = $1 AND back.leaf LIKE 'v1 restored %' AND back.log_index > said.log_index
                        AND split_part(back.leaf, ' ', 4)::bigint <= said.arrival_no)`;

/** The leaves about people, each with the rows of that person. */
const LEAVES_AND_ROWS = `
  SELECT leaf.*, held.grant_seq, held.status, held.taken_back,
         entry.user_id IS NOT NULL AS was_in_line, entry.left_at, entry.ended_at
    FROM (${LEAVES}) AS leaf
    LEFT JOIN user_grants held ON held.campaign_id = $1 AND held.arrival_no = leaf.arrival_no
    LEFT JOIN waiting_entries entry ON entry.campaign_id = $1 AND entry.arrival_no = leaf.arrival_no`;

/** Whom unread changes are about, each with the rows of that person. */
const CHANGES_AND_ROWS = `
  SELECT kind, about.no AS arrival_no, held.status, held.taken_back, entry.promoted_at, entry.left_at, entry.ended_at
    FROM changes CROSS JOIN LATERAL unnest(arrival_nos) AS about (no)
    LEFT JOIN user_grants held ON held.campaign_id = $1 AND held.arrival_no = about.no
    LEFT JOIN waiting_entries entry ON entry.campaign_id = $1 AND entry.arrival_no = about.no
   WHERE changes.campaign_id = $1`;

/** Statements about the log of a fair order and the feed that it reads (docs/transparency.md, docs/adr/0040). */
export const LOG_CHECKS: readonly PostgresCheck[] = [
  {
    promise: 'P3',
    statement: 'whoever came according to the log is in Postgres with the same number and slot',
    examined: `SELECT count(*)::int AS examined FROM (${LEAVES}) AS leaf WHERE kind = 'claim'`,
    violations: `
      SELECT format('the log has arrival %s with slot %s, Postgres slot %s', arrival_no, slot, COALESCE(grant_seq::text, 'none')) AS violation
        FROM (${LEAVES_AND_ROWS}) AS leaf
       WHERE kind = 'claim'
         AND CASE slot WHEN '-' THEN was_in_line ELSE grant_seq IS NOT NULL AND grant_seq::text = slot END IS NOT TRUE`,
  },
  {
    promise: 'P3',
    statement: 'everybody who came before the last one in the log is in the log',
    examined: `SELECT count(*)::int AS examined FROM (${LEAVES}) AS leaf WHERE kind = 'claim'`,
    violations: `
      SELECT format('arrival %s is not in the log', came.arrival_no) AS violation
        FROM (SELECT arrival_no FROM user_grants WHERE campaign_id = $1
              UNION SELECT arrival_no FROM waiting_entries WHERE campaign_id = $1) AS came
       WHERE came.arrival_no <= (SELECT max(arrival_no) FROM (${LEAVES}) AS last)
         AND NOT EXISTS (SELECT FROM (${LEAVES}) AS leaf WHERE kind = 'claim' AND leaf.arrival_no = came.arrival_no)`,
  },
  {
    promise: 'P3',
    statement: 'the tree of the log holds the hashes of its leaves, where this campaign’s are',
    examined: `
      SELECT COALESCE(sum(COALESCE(last_index, size - 1) - first_index + 1), 0)::int AS examined
        FROM log_campaigns, log_state WHERE campaign_id = $1`,
    violations: `
      SELECT format('tile %s of the log does not hold the hashes of its leaves', n) AS violation
        FROM log_campaigns, log_state,
             generate_series(first_index / 256, COALESCE(last_index, size - 1) / 256) AS n
       WHERE campaign_id = $1
         AND (SELECT string_agg(sha256('\\x00' || convert_to(leaf, 'UTF8')), '' ORDER BY log_index)
                FROM log_leaves WHERE log_index BETWEEN n * 256 AND n * 256 + 255)
             IS DISTINCT FROM (SELECT hashes FROM log_tiles tile WHERE tile.level = 0 AND tile.n = n.n)`,
  },
  {
    promise: 'P3',
    statement: 'the log is as long as it says',
    examined: `SELECT size::int AS examined FROM log_state WHERE $1::text IS NOT NULL`,
    violations: `
      SELECT format('the log says %s leaves, its last one is %s', size, last) AS violation
        FROM log_state, (SELECT COALESCE(max(log_index), -1) AS last FROM log_leaves) AS leaves
       WHERE $1::text IS NOT NULL AND size <> last + 1`,
  },
  {
    promise: 'P8',
    statement: 'what became of people according to the log became of them in Postgres',
    examined: `SELECT count(*)::int AS examined FROM (${LEAVES}) AS leaf WHERE kind <> 'claim'`,
    violations: `
      SELECT format('the log says %s of arrival %s, Postgres %s', kind, arrival_no,
                    COALESCE(taken_back, status, CASE WHEN left_at IS NOT NULL THEN 'LEFT' WHEN ended_at IS NOT NULL THEN 'ENDED'
                                                      WHEN was_in_line THEN 'WAITING' ELSE 'nothing' END)) AS violation
        FROM (${LEAVES_AND_ROWS}) AS leaf
       WHERE kind <> 'claim'
         AND CASE kind WHEN 'left'  THEN left_at IS NOT NULL
                       WHEN 'ended' THEN ended_at IS NOT NULL AND left_at IS NULL
                       ELSE grant_seq::text = slot AND CASE kind
                         WHEN 'paid'     THEN status = 'SUCCESS' OR taken_back = 'REVERSED'
                         WHEN 'reversed' THEN taken_back = 'REVERSED'
                         WHEN 'promote'  THEN true
                         ELSE status = 'FAILED' END END IS NOT TRUE`,
  },
  {
    promise: 'P8',
    statement: 'what the log counts at the end of the campaign is what Postgres holds',
    examined: `SELECT count(*)::int AS examined FROM log_campaigns WHERE campaign_id = $1 AND standing = 'ended'`,
    violations: `
      SELECT format('the log counts %s, Postgres %s', told, array_to_string(ARRAY[paid + failed + went + ended, paid, failed, went, ended], ' ')) AS violation
        FROM log_campaigns
        JOIN log_leaves ON log_index = last_index
       CROSS JOIN LATERAL substring(leaf FROM '^v1 end \\S+ (.*) \\S+$') AS told,
             (SELECT count(*) FILTER (WHERE status = 'SUCCESS') AS paid, count(*) FILTER (WHERE status = 'FAILED') AS failed
                FROM user_grants WHERE campaign_id = $1) AS grants,
             (SELECT count(*) FILTER (WHERE left_at IS NOT NULL) AS went,
                     count(*) FILTER (WHERE ended_at IS NOT NULL AND left_at IS NULL) AS ended
                FROM waiting_line WHERE campaign_id = $1) AS line
       WHERE log_campaigns.campaign_id = $1 AND standing = 'ended'
         AND told IS DISTINCT FROM array_to_string(ARRAY[paid + failed + went + ended, paid, failed, went, ended], ' ')`,
  },
  {
    promise: 'P8',
    statement: 'changes that somebody has not read yet are what the rows say',
    examined: `SELECT count(*)::int AS examined FROM changes WHERE campaign_id = $1`,
    violations: `
      SELECT format('a change says %s of arrival %s, Postgres does not', kind, arrival_no) AS violation
        FROM (${CHANGES_AND_ROWS}) AS told
       WHERE CASE kind WHEN 'paid'     THEN status = 'SUCCESS' OR taken_back = 'REVERSED'
                       WHEN 'failed'   THEN status = 'FAILED'
                       WHEN 'reversed' THEN taken_back = 'REVERSED'
                       WHEN 'promoted' THEN promoted_at IS NOT NULL
                       WHEN 'left'     THEN left_at IS NOT NULL
                       WHEN 'ended'    THEN ended_at IS NOT NULL END IS NOT TRUE`,
  },
  {
    promise: 'P8',
    statement: 'no reader of the changes is ahead of them, as after a dump was restored into another server',
    examined: `SELECT count(*)::int AS examined FROM change_readers WHERE $1::text IS NOT NULL`,
    violations: `
      SELECT format('the reader %s has read up to transaction %s, which this server has not come to', name, xid) AS violation
        FROM change_readers WHERE $1::text IS NOT NULL AND xid > pg_snapshot_xmax(pg_current_snapshot())`,
  },
];
