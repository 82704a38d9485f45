/**
 * SQL: moves to each user the amount of the campaign that an order names, each order once, whatever happens. Orders may
 * be of several campaigns, and several of one user. A missing wallet is opened; a closed one rejects. The first outcome
 * of a key is final: a key that was used before gets the same answer, and nothing moves.
 *
 * Wallets are locked in the order of their users, and the campaigns' accounts after them, in order and once, because
 * every transfer of a campaign needs that row. Postgres refuses the whole statement if one of these accounts cannot pay
 * (P1), if there is none, or if a concurrent transaction has just used one of the keys (P2).
 *
 * It is a list of CTEs, so that whatever records the outcomes is the same statement. It reads $1, the campaigns, each
 * once, and the CTE `wanted` (campaign_id, user_id, idempotency_key), with distinct keys. The outcomes are in the CTE
 * `transferred` (campaign_id, user_id, outcome, reason, transaction_id): SETTLED, or REJECTED with a reason.
 */
export const TRANSFER_FROM_CAMPAIGNS = `
  terms AS MATERIALIZED (
    SELECT campaigns.id AS campaign_id, campaigns.amount, campaigns.currency, account.id AS account_id
      FROM unnest($1::text[]) AS paying (campaign_id)
     CROSS JOIN LATERAL (SELECT id, amount, currency FROM campaigns WHERE id = paying.campaign_id OFFSET 0) AS campaigns
      LEFT JOIN LATERAL (SELECT id FROM ledger_accounts
                          WHERE campaign_id = paying.campaign_id AND kind = 'CAMPAIGN' OFFSET 0) AS account ON true
  ), known AS (
    SELECT wanted.campaign_id, wanted.user_id, wanted.idempotency_key, past.outcome, past.reason, past.id
      FROM wanted CROSS JOIN LATERAL (SELECT id, outcome, reason FROM ledger_transactions
                                       WHERE idempotency_key = wanted.idempotency_key OFFSET 0) AS past
  ), due AS (
    SELECT campaign_id, user_id, idempotency_key, amount, currency, terms.account_id AS from_account
      FROM wanted JOIN terms USING (campaign_id) WHERE idempotency_key NOT IN (SELECT idempotency_key FROM known)
  ), credited AS (
    INSERT INTO ledger_accounts (kind, user_id, currency, balance)
    SELECT 'WALLET', user_id, currency, sum(amount)::bigint FROM due GROUP BY user_id, currency ORDER BY user_id, currency
    ON CONFLICT (user_id, currency) WHERE kind = 'WALLET'
    DO UPDATE SET balance = ledger_accounts.balance + excluded.balance WHERE ledger_accounts.closed_at IS NULL
    RETURNING user_id, currency, id AS to_account
  ), entered AS (
    INSERT INTO ledger_transactions (idempotency_key, outcome, reason)
    SELECT idempotency_key,
           CASE WHEN to_account IS NULL THEN 'REJECTED' ELSE 'SETTLED' END,
           CASE WHEN to_account IS NULL THEN 'wallet-closed' END
      FROM due LEFT JOIN credited USING (user_id, currency)
    RETURNING id, idempotency_key, outcome, reason
  ), entries AS (
    INSERT INTO ledger_entries (transaction_id, account_id, amount)
    SELECT entered.id, side.account_id, side.amount
      FROM entered JOIN due USING (idempotency_key) JOIN credited USING (user_id, currency)
     CROSS JOIN LATERAL (VALUES (due.from_account, -due.amount), (credited.to_account, due.amount)) AS side (account_id, amount)
  ), paid AS (
    SELECT from_account, sum(amount)::bigint AS total FROM due JOIN credited USING (user_id, currency)
     GROUP BY from_account ORDER BY from_account
  ), payers AS MATERIALIZED (
    SELECT account.id, paid.total
      FROM paid CROSS JOIN LATERAL (SELECT id FROM ledger_accounts WHERE id = paid.from_account FOR NO KEY UPDATE) AS account
  ), debited AS (
    UPDATE ledger_accounts SET balance = balance - payers.total FROM payers
     WHERE campaign_id = ANY ($1::text[]) AND kind = 'CAMPAIGN' AND ledger_accounts.id = payers.id
  ), transferred AS (
    SELECT campaign_id, user_id, outcome, reason, id AS transaction_id FROM known
    UNION ALL
    SELECT due.campaign_id, due.user_id, entered.outcome, entered.reason, entered.id
      FROM entered JOIN due USING (idempotency_key)
  )`;
