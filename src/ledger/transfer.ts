/**
 * SQL: moves the campaign's amount to the wallet of each user, each transfer once, whatever happens. A missing wallet
 * is opened; a closed one rejects. The first outcome of a key is final: a key that was used before gets the same
 * answer, and nothing moves.
 *
 * Wallets are locked in the order of their users, and the campaign's account after them and once, because every
 * transfer needs that row. Postgres refuses the whole statement if that account cannot pay (P1), if there is none, or
 * if a concurrent transaction has just used one of the keys (P2).
 *
 * It is a list of CTEs, so that whatever records the outcomes is the same statement. It reads $1, the campaign, and the
 * CTE `wanted` (user_id, idempotency_key), with distinct users and keys. The outcomes are in the CTE
 * `transferred` (user_id, outcome, reason, transaction_id): SETTLED, or REJECTED with a reason.
 */
export const TRANSFER_FROM_CAMPAIGN = `
  terms AS (
    SELECT campaigns.amount, campaigns.currency, account.id AS account_id
      FROM campaigns LEFT JOIN ledger_accounts account ON account.campaign_id = campaigns.id AND account.kind = 'CAMPAIGN'
     WHERE campaigns.id = $1
  ), known AS (
    SELECT wanted.user_id, past.outcome, past.reason, past.id
      FROM wanted CROSS JOIN LATERAL (SELECT id, outcome, reason FROM ledger_transactions
                                       WHERE idempotency_key = wanted.idempotency_key OFFSET 0) AS past
  ), due AS (
    SELECT user_id, idempotency_key FROM wanted WHERE user_id NOT IN (SELECT user_id FROM known)
  ), credited AS (
    INSERT INTO ledger_accounts (kind, user_id, currency, balance)
    SELECT 'WALLET', due.user_id, terms.currency, terms.amount FROM terms, due ORDER BY due.user_id
    ON CONFLICT (user_id, currency) WHERE kind = 'WALLET'
    DO UPDATE SET balance = ledger_accounts.balance + excluded.balance WHERE ledger_accounts.closed_at IS NULL
    RETURNING user_id, id AS account_id
  ), entered AS (
    INSERT INTO ledger_transactions (idempotency_key, outcome, reason)
    SELECT idempotency_key,
           CASE WHEN account_id IS NULL THEN 'REJECTED' ELSE 'SETTLED' END,
           CASE WHEN account_id IS NULL THEN 'wallet-closed' END
      FROM due LEFT JOIN credited USING (user_id)
    RETURNING id, idempotency_key, outcome, reason
  ), entries AS (
    INSERT INTO ledger_entries (transaction_id, account_id, amount)
    SELECT entered.id, side.account_id, side.amount
      FROM entered JOIN due USING (idempotency_key) JOIN credited USING (user_id) CROSS JOIN terms
     CROSS JOIN LATERAL (VALUES (terms.account_id, -terms.amount), (credited.account_id, terms.amount)) AS side (account_id, amount)
  ), debited AS (
    UPDATE ledger_accounts SET balance = balance - paid.total
      FROM (SELECT sum(terms.amount)::bigint AS total FROM terms, credited) AS paid
     WHERE campaign_id = $1 AND kind = 'CAMPAIGN' AND paid.total > 0
  ), transferred AS (
    SELECT user_id, outcome, reason, id AS transaction_id FROM known
    UNION ALL
    SELECT due.user_id, entered.outcome, entered.reason, entered.id FROM entered JOIN due USING (idempotency_key)
  )`;
