/**
 * A statement about a campaign that Postgres alone can check. `$1` is the campaign's id in both queries.
 */
export interface PostgresCheck {
  readonly promise: string;
  readonly statement: string;
  /** The query that counts the examined items: one row, `examined`. */
  readonly examined: string;
  /** The query that finds contradictions: rows of `violation`. */
  readonly violations: string;
}

const COUNT_GRANTS = `SELECT count(*)::int AS examined FROM user_grants WHERE campaign_id = $1`;
const COUNT_LIVE = `SELECT count(*)::int AS examined FROM user_grants WHERE campaign_id = $1 AND status <> 'FAILED'`;
const COUNT_SUCCESS = `SELECT count(*)::int AS examined FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS'`;
const COUNT_FAILED = `SELECT count(*)::int AS examined FROM user_grants WHERE campaign_id = $1 AND status = 'FAILED'`;
const COUNT_LINE = `SELECT count(*)::int AS examined FROM waiting_entries WHERE campaign_id = $1`;

/** Every place that was ever given out; a promoted user is in both tables and counts once. */
const PLACES = `
  SELECT arrival_no, user_id FROM user_grants WHERE campaign_id = $1
  UNION SELECT arrival_no, user_id FROM waiting_entries WHERE campaign_id = $1`;
const COUNT_PLACES = `SELECT count(*)::int AS examined FROM (${PLACES}) AS places`;

/** The ledger transactions of this campaign's grants. */
const TRANSFERS = `
  SELECT t.id, t.idempotency_key, t.outcome, g.user_id, g.status
    FROM user_grants g
    LEFT JOIN ledger_transactions t ON t.idempotency_key = 'grant:' || g.campaign_id || ':' || g.user_id
   WHERE g.campaign_id = $1`;

export const POSTGRES_CHECKS: readonly PostgresCheck[] = [
  {
    promise: 'P1',
    statement: 'at most `capacity` grants are live',
    examined: COUNT_LIVE,
    violations: `
      SELECT format('%s grants are live, capacity is %s', count(*), capacity) AS violation
        FROM user_grants JOIN campaigns ON campaigns.id = campaign_id
       WHERE campaign_id = $1 AND status <> 'FAILED' GROUP BY capacity HAVING count(*) > capacity`,
  },
  {
    promise: 'P1',
    statement: 'every live grant has a slot of its own in 1..capacity',
    examined: COUNT_LIVE,
    violations: `
      SELECT format('slot %s is held by %s live grants', grant_seq, count(*)) AS violation
        FROM user_grants JOIN campaigns ON campaigns.id = campaign_id
       WHERE campaign_id = $1 AND status <> 'FAILED'
       GROUP BY grant_seq, capacity HAVING count(*) > 1 OR grant_seq NOT BETWEEN 1 AND capacity`,
  },
  {
    promise: 'P1',
    statement: 'at most `capacity` payouts have moved money that has not come back',
    examined: COUNT_SUCCESS,
    violations: `
      SELECT format('%s payouts have moved money, capacity is %s', moved.count, capacity) AS violation
        FROM campaigns,
             (SELECT count(*) FILTER (WHERE e.amount < 0) - count(*) FILTER (WHERE t.idempotency_key LIKE 'reversal:%') AS count
                FROM ledger_entries e
                JOIN ledger_accounts a ON a.id = e.account_id
                JOIN ledger_transactions t ON t.id = e.transaction_id
               WHERE a.campaign_id = $1 AND t.idempotency_key NOT LIKE 'return:%') AS moved
       WHERE campaigns.id = $1 AND moved.count > capacity`,
  },
  {
    promise: 'P2',
    statement: 'every user has one place: grant and place in the line are the same arrival',
    examined: COUNT_PLACES,
    violations: `
      SELECT format('user %s has %s places', user_id, count(*)) AS violation
        FROM (${PLACES}) AS places GROUP BY user_id HAVING count(*) > 1`,
  },
  {
    promise: 'P2',
    statement: 'every wallet was credited at most once by the campaign',
    examined: COUNT_SUCCESS,
    violations: `
      SELECT format('the wallet of user %s was credited %s times', wallet.user_id, count(*)) AS violation
        FROM ledger_entries debit
        JOIN ledger_accounts pool ON pool.id = debit.account_id AND pool.campaign_id = $1
        JOIN ledger_entries credit ON credit.transaction_id = debit.transaction_id AND credit.id <> debit.id
        JOIN ledger_accounts wallet ON wallet.id = credit.account_id AND wallet.kind = 'WALLET'
       GROUP BY wallet.user_id HAVING count(*) > 1`,
  },
  {
    promise: 'P2',
    statement: 'every payout has the one key of its grant',
    examined: `SELECT count(*)::int AS examined FROM payouts WHERE campaign_id = $1`,
    violations: `
      SELECT format('the payout of user %s has another key', user_id) AS violation FROM payouts
       WHERE campaign_id = $1 AND idempotency_key <> 'grant:' || campaign_id || ':' || user_id`,
  },
  {
    promise: 'P2',
    statement: 'no provider was asked for anything in a campaign that the ledger pays',
    examined: `SELECT count(*)::int AS examined FROM payouts WHERE campaign_id = $1`,
    violations: `
      SELECT format('the payout of user %s was sent to a provider', p.user_id) AS violation
        FROM payouts p JOIN campaigns c ON c.id = p.campaign_id
       WHERE c.id = $1 AND c.payout_provider = 'ledger' AND p.first_sent_at IS NOT NULL`,
  },
  {
    promise: 'P3',
    statement: 'an arrival number belongs to one user',
    examined: COUNT_PLACES,
    violations: `
      SELECT format('arrival %s belongs to %s users', arrival_no, count(*)) AS violation
        FROM (${PLACES}) AS places GROUP BY arrival_no HAVING count(*) > 1`,
  },
  {
    promise: 'P3',
    statement: 'nobody in the line arrived before somebody who has a slot, except those who left the line',
    examined: COUNT_LINE,
    violations: `
      SELECT format('arrival %s was passed over: arrival %s has a slot', entry.arrival_no, latest.arrival_no) AS violation
        FROM waiting_line entry,
             (SELECT max(arrival_no) AS arrival_no FROM user_grants WHERE campaign_id = $1) AS latest
       WHERE entry.campaign_id = $1 AND entry.left_at IS NULL AND entry.arrival_no < latest.arrival_no`,
  },
  {
    promise: 'P3',
    statement: 'a slot only passes on from earlier to later arrivals, each after a rejection',
    examined: COUNT_GRANTS,
    violations: `
      SELECT format('slot %s passed from arrival %s (%s) to %s', grant_seq, arrival_no, status, next) AS violation
        FROM (SELECT grant_seq, arrival_no, status,
                     lead(arrival_no) OVER (PARTITION BY grant_seq ORDER BY arrival_no) AS next
                FROM user_grants WHERE campaign_id = $1) AS holders
       WHERE next IS NOT NULL AND status <> 'FAILED'`,
  },
  {
    promise: 'P3',
    statement: 'the first to arrive holds slot 1',
    examined: `SELECT count(*)::int AS examined FROM user_grants WHERE campaign_id = $1 AND arrival_no = 1`,
    violations: `
      SELECT format('arrival 1 got slot %s', grant_seq) AS violation FROM user_grants
       WHERE campaign_id = $1 AND arrival_no = 1 AND grant_seq <> 1`,
  },
  {
    promise: 'P5',
    statement:
      'arrivals run 1, 2, 3, … without a gap, except those that were lost, unanswered, with an earlier gate',
    examined: COUNT_PLACES,
    violations: `
      SELECT format('%s places are there, the last arrival is %s', places.count, places.last) AS violation
        FROM campaigns, (SELECT count(*), COALESCE(max(arrival_no), 0) AS last FROM (${PLACES}) AS places) AS places
       WHERE campaigns.id = $1 AND places.count <> places.last AND campaigns.epoch <= 1`,
  },
  {
    promise: 'P7',
    statement:
      'every FAILED grant has a definite rejection, with its reason, and moved no money; or its money came back; or an operator revoked it before anything was sent',
    examined: COUNT_FAILED,
    violations: `
      SELECT format('user %s is FAILED, its payout %s', g.user_id, COALESCE(p.state, 'missing')) AS violation
        FROM user_grants g
        JOIN campaigns c ON c.id = g.campaign_id
        LEFT JOIN payouts p USING (campaign_id, user_id)
       WHERE g.campaign_id = $1 AND g.status = 'FAILED'
         AND (p.state = 'REJECTED' AND p.last_error IS NOT NULL
              OR p.state = 'REVERSED' AND c.reversal_policy = 'regrant'
              OR p.state = 'REVOKED' AND p.attempts = 0 AND p.first_sent_at IS NULL
                 AND EXISTS (SELECT FROM payout_events e WHERE e.idempotency_key = p.idempotency_key
                                AND e.event = 'REVOKED' AND e.actor IS NOT NULL)) IS NOT TRUE
      UNION ALL
      SELECT format('user %s is FAILED and money moved', user_id) FROM (${TRANSFERS}) AS t
       WHERE status = 'FAILED' AND EXISTS (SELECT FROM ledger_entries e WHERE e.transaction_id = t.id)
         AND NOT EXISTS (SELECT FROM ledger_transactions back
                           JOIN ledger_entries e ON e.transaction_id = back.id
                          WHERE back.idempotency_key = 'reversal:' || t.idempotency_key)`,
  },
  {
    promise: 'R33',
    statement: 'in a campaign with a list, everybody who has a place is on the list',
    examined: `SELECT count(*)::int AS examined FROM (${PLACES}) AS places JOIN campaigns ON campaigns.id = $1 WHERE eligibility = 'list'`,
    violations: `
      SELECT format('user %s has a place and is not on the list', user_id) AS violation
        FROM (${PLACES}) AS places JOIN campaigns ON campaigns.id = $1
       WHERE eligibility = 'list'
         AND NOT EXISTS (SELECT FROM campaign_eligible listed WHERE listed.campaign_id = $1 AND listed.user_id = places.user_id)`,
  },
  {
    promise: 'R33',
    statement: 'the list of a campaign is as long as it was when it was frozen',
    examined: `SELECT count(*)::int AS examined FROM campaign_eligible WHERE campaign_id = $1`,
    violations: `
      SELECT format('%s people are on the list, %s were counted', listed.people, eligible_count) AS violation
        FROM campaigns, (SELECT count(*) AS people FROM campaign_eligible WHERE campaign_id = $1) AS listed
       WHERE campaigns.id = $1 AND listed.people <> eligible_count`,
  },
  {
    promise: 'P8',
    statement: 'no grant has been PENDING for an hour, unless its payout is in doubt',
    examined: COUNT_GRANTS,
    violations: `
      SELECT format('user %s has been PENDING since %s', user_id, updated_at) AS violation FROM user_grants
       WHERE campaign_id = $1 AND status = 'PENDING' AND updated_at < now() - interval '1 hour'
         AND NOT EXISTS (SELECT FROM payouts p WHERE p.campaign_id = $1 AND p.user_id = user_grants.user_id
                            AND p.state IN ('IN_DOUBT', 'HELD'))`,
  },
  {
    promise: 'P8',
    statement: 'a grant is marked as taken back exactly if its payout is REVOKED or REVERSED',
    examined: COUNT_GRANTS,
    violations: `
      SELECT format('the grant of user %s is marked %s, its payout is %s', g.user_id, COALESCE(g.taken_back, 'as nothing'),
                    COALESCE(p.state, 'missing')) AS violation
        FROM user_grants g LEFT JOIN payouts p USING (campaign_id, user_id)
       WHERE g.campaign_id = $1
         AND g.taken_back IS DISTINCT FROM CASE WHEN p.state IN ('REVERSED', 'REVOKED') THEN p.state END`,
  },
  {
    promise: 'P8',
    statement: 'nobody in the line is left without an answer once no slot can become free any more',
    examined: COUNT_LINE,
    violations: `
      SELECT format('user %s still waits', entry.user_id) AS violation
        FROM waiting_line entry JOIN campaigns ON campaigns.id = entry.campaign_id
       WHERE entry.campaign_id = $1 AND ended_at IS NULL
         AND (sealed_at IS NOT NULL
              OR capacity = (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS')
                 AND (state = 'CLOSED'
                      OR reversal_policy = 'keep'
                         AND now() - interval '10 minutes' > (SELECT max(updated_at) FROM user_grants WHERE campaign_id = $1)))`,
  },
  {
    promise: 'P8',
    statement: 'nobody who was told that the campaign ended has a grant, or could still have got one',
    examined: `SELECT count(*)::int AS examined FROM waiting_entries WHERE campaign_id = $1 AND ended_at IS NOT NULL`,
    violations: `
      SELECT format('user %s was told the end too early', entry.user_id) AS violation
        FROM waiting_entries entry JOIN campaigns ON campaigns.id = entry.campaign_id
       WHERE entry.campaign_id = $1 AND ended_at IS NOT NULL
         AND (EXISTS (SELECT FROM user_grants g WHERE g.campaign_id = $1 AND g.user_id = entry.user_id)
              OR left_at IS NULL AND capacity > (SELECT count(*) FROM user_grants g
                              WHERE g.campaign_id = $1
                                AND (g.status = 'SUCCESS'
                                     OR EXISTS (SELECT FROM payouts p WHERE p.campaign_id = $1 AND p.user_id = g.user_id
                                                   AND p.state = 'REVERSED'))))`,
  },
  {
    promise: 'P8',
    statement: 'in a finished campaign nothing is under way, and its account is empty',
    examined: `SELECT count(*)::int AS examined FROM campaigns WHERE id = $1 AND finished_at IS NOT NULL`,
    violations: `
      SELECT format('%s are PENDING, %s wait, %s of %s are SUCCESS, the account holds %s',
                    pending, waiting, success, success_count, balance) AS violation
        FROM campaigns
        JOIN ledger_accounts account ON account.campaign_id = campaigns.id,
             (SELECT count(*) FILTER (WHERE status = 'PENDING') AS pending, count(*) FILTER (WHERE status = 'SUCCESS') AS success
                FROM user_grants WHERE campaign_id = $1) AS grants,
             (SELECT count(*) AS waiting FROM waiting_line WHERE campaign_id = $1 AND ended_at IS NULL) AS line
       WHERE campaigns.id = $1 AND finished_at IS NOT NULL
         AND (pending > 0 OR waiting > 0 OR success <> success_count OR balance <> 0)`,
  },
  {
    promise: 'P9',
    statement:
      'every SUCCESS is one settled transaction of the amount, from the campaign to that user or to the provider that paid',
    examined: COUNT_SUCCESS,
    violations: `
      SELECT format('the payout of user %s is not in the ledger as it should be', t.user_id) AS violation
        FROM (${TRANSFERS}) AS t
        JOIN campaigns ON campaigns.id = $1
        LEFT JOIN LATERAL (
          SELECT count(*) FILTER (WHERE a.campaign_id = $1 AND e.amount = -campaigns.amount) AS debits,
                 count(*) FILTER (WHERE (a.kind = 'PROVIDER' OR a.kind = 'WALLET' AND a.user_id = t.user_id)
                                    AND e.amount = campaigns.amount) AS credits,
                 count(*) AS entries
            FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE e.transaction_id = t.id
        ) AS side ON true
       WHERE t.status = 'SUCCESS'
         AND (t.outcome IS DISTINCT FROM 'SETTLED' OR side.debits <> 1 OR side.credits <> 1 OR side.entries <> 2)`,
  },
  {
    promise: 'P9',
    statement:
      'budget = paid and not come back + reserved + left + returned, and the account holds reserved + left',
    examined: `SELECT count(*)::int AS examined FROM ledger_accounts WHERE campaign_id = $1`,
    violations: `
      SELECT format('budget %s, paid %s, reserved %s, account %s, returned %s', budget, paid, reserved, balance, returned) AS violation
        FROM (SELECT capacity * amount AS budget, balance,
                     amount * count(g.*) FILTER (WHERE g.status = 'SUCCESS' AND p.state IS DISTINCT FROM 'REVERSED') AS paid,
                     amount * count(g.*) FILTER (WHERE g.status = 'PENDING') AS reserved,
                     (SELECT COALESCE(-sum(e.amount), 0) FROM ledger_entries e
                        JOIN ledger_transactions t ON t.id = e.transaction_id
                       WHERE e.account_id = a.id AND t.idempotency_key LIKE 'return:%') AS returned
                FROM campaigns
                JOIN ledger_accounts a ON a.campaign_id = campaigns.id
                LEFT JOIN user_grants g ON g.campaign_id = campaigns.id
                LEFT JOIN payouts p ON p.campaign_id = g.campaign_id AND p.user_id = g.user_id
               WHERE campaigns.id = $1 GROUP BY capacity, amount, balance, a.id) AS books
       WHERE budget <> paid + balance + returned OR balance < reserved`,
  },
  {
    promise: 'P9',
    statement: 'every ledger transaction sums to zero',
    examined: `SELECT count(*)::int AS examined FROM ledger_transactions WHERE $1::text IS NOT NULL`,
    violations: `
      SELECT format('transaction %s sums to %s', transaction_id, sum(amount)) AS violation
        FROM ledger_entries WHERE $1::text IS NOT NULL GROUP BY transaction_id HAVING sum(amount) <> 0`,
  },
  {
    promise: 'P9',
    statement: 'every balance is the sum of its entries',
    examined: `SELECT count(*)::int AS examined FROM ledger_accounts WHERE $1::text IS NOT NULL`,
    violations: `
      SELECT format('account %s has balance %s, its entries sum to %s', a.id, balance, COALESCE(sum(e.amount), 0)) AS violation
        FROM ledger_accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id
       WHERE $1::text IS NOT NULL GROUP BY a.id HAVING balance <> COALESCE(sum(e.amount), 0)`,
  },
];
