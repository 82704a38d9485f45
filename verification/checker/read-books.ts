import { rows } from '../../src/platform/postgres/rows.js';
import type {
  BookedPayout,
  BookedPlace,
  BooksSnapshot,
  LedgerEntry,
  LedgerTransaction,
  PayoutEvent,
} from './books-snapshot.js';
import { UnusableInputError } from './unusable-input.js';
import { withPostgres } from './with-postgres.js';

type CampaignFacts = Omit<BooksSnapshot, 'amount' | 'places' | 'payouts' | 'payoutEvents' | 'ledger'>;

const campaignSql = `
  SELECT id AS "campaignId", capacity, waiting_capacity AS "waitingCapacity", amount::text AS amount, currency,
         state = 'CLOSED' OR COALESCE(closes_at < now(), false) AS "isClosed",
         sealed_at IS NOT NULL AS "isSealed", finished_at IS NOT NULL AS "isFinished",
         COALESCE(to_jsonb(campaigns) ->> 'reversal_policy', 'keep') AS "reversalPolicy",
         (SELECT extract(epoch FROM max(updated_at)) * 1000 FROM user_grants
           WHERE campaign_id = $1 AND status = 'SUCCESS')::float8 AS "lastPaidAtEpochMs"
    FROM campaigns WHERE id = $1`;

const placesSql = `
  SELECT COALESCE(g.user_id, w.user_id)::text AS "userId",
         COALESCE(g.arrival_no, w.arrival_no)::float8 AS "arrivalNo",
         round(extract(epoch FROM COALESCE(g.created_at, w.created_at)) * 1000)::float8 AS "createdAtEpochMs",
         g.grant_seq AS "grantSeq",
         COALESCE(g.status, CASE WHEN w.ended_at IS NULL THEN 'WAITING' WHEN w.left_at IS NULL THEN 'ENDED' ELSE 'LEFT' END) AS status,
         w.arrival_no::float8 AS "lineArrivalNo",
         wallet.closed_at IS NOT NULL AS "walletIsClosed",
         COALESCE(g.taken_back = 'REVERSED' AND g.updated_at >= campaigns.sealed_at, false) AS "cameBackLate"
    FROM (SELECT * FROM user_grants WHERE campaign_id = $1) AS g
    FULL JOIN (SELECT * FROM waiting_entries WHERE campaign_id = $1) AS w USING (campaign_id, user_id)
    JOIN campaigns ON campaigns.id = $1
    LEFT JOIN ledger_accounts wallet
      ON wallet.kind = 'WALLET' AND wallet.currency = campaigns.currency
     AND wallet.user_id = COALESCE(g.user_id, w.user_id)
   ORDER BY 2`;

const payoutsSql = `
  SELECT user_id::text AS "userId", idempotency_key AS "idempotencyKey", state
    FROM payouts WHERE campaign_id = $1 ORDER BY payouts.user_id`;

const eventsSql = `
  SELECT idempotency_key AS "idempotencyKey", event, actor
    FROM payout_events WHERE idempotency_key LIKE 'grant:' || $1 || ':%' ORDER BY id`;

/** One row per entry, and one for a transaction without entries. */
const ledgerSql = `
  SELECT t.id::float8 AS id, t.idempotency_key AS "idempotencyKey", t.outcome, t.reason,
         a.kind, a.campaign_id AS "campaignId", a.user_id::text AS "userId", a.currency, e.amount::text AS amount
    FROM ledger_transactions t
    LEFT JOIN ledger_entries e ON e.transaction_id = t.id
    LEFT JOIN ledger_accounts a ON a.id = e.account_id
   WHERE t.id IN (SELECT entry.transaction_id FROM ledger_entries entry
                    JOIN ledger_accounts account ON account.id = entry.account_id
                   WHERE account.campaign_id = $1)
      OR t.idempotency_key IN (SELECT 'grant:' || campaign_id || ':' || user_id FROM user_grants WHERE campaign_id = $1)
   ORDER BY t.id, e.id`;

type LedgerRow = Omit<LedgerTransaction, 'entries'> & {
  readonly [Name in keyof LedgerEntry]: Name extends 'kind' ? string | null : string;
};

function gatherTransactions(rows: readonly LedgerRow[]): LedgerTransaction[] {
  const transactions = new Map<number, LedgerTransaction & { entries: LedgerEntry[] }>();
  for (const { id, idempotencyKey, outcome, reason, kind, campaignId, userId, currency, amount } of rows) {
    const known = transactions.get(id) ?? { id, idempotencyKey, outcome, reason, entries: [] };
    if (kind !== null) known.entries.push({ kind, campaignId, userId, currency, amount: BigInt(amount) });
    transactions.set(id, known);
  }
  return [...transactions.values()];
}

/**
 * Reads a campaign's books at one instant, directly from Postgres.
 * @throws UnusableInputError if there is no such campaign; the driver's error if Postgres is unreachable
 */
export async function readBooks(databaseUrl: string, campaignId: string): Promise<BooksSnapshot> {
  return withPostgres(databaseUrl, 'seonchak-check', (source) =>
    source.transaction('REPEATABLE READ', async (snapshot) => {
      const rowsOf = <Row>(sql: string): Promise<Row[]> => rows<Row>(snapshot, sql, [campaignId]);
      const [campaign] = await rowsOf<CampaignFacts & { amount: string }>(campaignSql);
      if (!campaign) throw new UnusableInputError(`There is no campaign ${campaignId} in Postgres.`);
      return {
        ...campaign,
        amount: BigInt(campaign.amount),
        places: await rowsOf<BookedPlace>(placesSql),
        payouts: await rowsOf<BookedPayout>(payoutsSql),
        payoutEvents: await rowsOf<PayoutEvent>(eventsSql),
        ledger: gatherTransactions(await rowsOf<LedgerRow>(ledgerSql)),
      };
    }),
  );
}
