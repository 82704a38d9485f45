import { payoutKeySql } from '../../ledger/payout-key.js';

/** A table that holds rows of a campaign, and which of them an archive holds. */
export interface ArchivedTable {
  readonly table: string;
  /** The SQL from FROM on: `r` are the rows of campaign `$1`. */
  readonly rows: string;
}

/** The keys of all ledger transactions of a campaign and its grants. `$1` is the campaign. */
const GRANT_KEYS = `
  (SELECT prefix || ${payoutKeySql('campaign_id', 'user_id')} AS key
     FROM user_grants, unnest(ARRAY['', 'reversal:', 'return:']) AS prefix WHERE campaign_id = $1
   UNION ALL SELECT prefix || $1 FROM unnest(ARRAY['fund:', 'return:']) AS prefix) AS keys`;

/**
 * Everything that Postgres holds of a campaign, in an order in which it could be put back; the campaign itself comes
 * first. When a campaign is removed, its row and its account stay as a tombstone, and so do the acts of operators.
 * The key of its commitments goes with it, and is in no archive: whoever has none can link nobody to the log any more.
 * Nor are `eligible_commitments`, which were published, nor changes, which only repeat what the other rows say, on
 * their way to a reader.
 */
export const ARCHIVED_TABLES: readonly ArchivedTable[] = [
  { table: 'campaigns', rows: `FROM campaigns r WHERE r.id = $1` },
  {
    table: 'campaign_eligible',
    rows: `FROM campaign_eligible r WHERE r.campaign_id = $1 ORDER BY r.user_id`,
  },
  { table: 'user_grants', rows: `FROM user_grants r WHERE r.campaign_id = $1 ORDER BY r.arrival_no` },
  { table: 'waiting_entries', rows: `FROM waiting_entries r WHERE r.campaign_id = $1 ORDER BY r.arrival_no` },
  { table: 'payouts', rows: `FROM payouts r WHERE r.campaign_id = $1 ORDER BY r.user_id` },
  {
    table: 'payout_events',
    rows: `FROM payout_events r JOIN payouts p ON p.idempotency_key = r.idempotency_key WHERE p.campaign_id = $1 ORDER BY r.id`,
  },
  { table: 'payout_decisions', rows: `FROM payout_decisions r WHERE r.campaign_id = $1 ORDER BY r.id` },
  {
    table: 'payout_decision_items',
    rows: `FROM payout_decision_items r JOIN payout_decisions d ON d.id = r.decision_id WHERE d.campaign_id = $1 ORDER BY r.decision_id, r.user_id`,
  },
  { table: 'payouts_known_there', rows: `FROM payouts_known_there r WHERE r.campaign_id = $1` },
  { table: 'campaign_reconciliations', rows: `FROM campaign_reconciliations r WHERE r.campaign_id = $1` },
  { table: 'reconciliation_reports', rows: `FROM reconciliation_reports r WHERE r.campaign_id = $1` },
  {
    table: 'reconciliation_differences',
    rows: `FROM reconciliation_differences r WHERE r.campaign_id = $1 ORDER BY r.idempotency_key`,
  },
  {
    table: 'provider_events',
    rows: `FROM provider_events r WHERE campaign_of_key(r.idempotency_key) = $1 ORDER BY r.received_at, r.id`,
  },
  { table: 'ledger_accounts', rows: `FROM ledger_accounts r WHERE r.campaign_id = $1` },
  {
    table: 'ledger_transactions',
    rows: `FROM ${GRANT_KEYS} JOIN ledger_transactions r ON r.idempotency_key = keys.key ORDER BY r.id`,
  },
  {
    table: 'ledger_entries',
    rows: `FROM ${GRANT_KEYS} JOIN ledger_transactions t ON t.idempotency_key = keys.key
           JOIN ledger_entries r ON r.transaction_id = t.id ORDER BY r.id`,
  },
  { table: 'campaign_epochs', rows: `FROM campaign_epochs r WHERE r.campaign_id = $1 ORDER BY r.epoch` },
  { table: 'gate_revisions', rows: `FROM gate_revisions r WHERE r.campaign_id = $1 ORDER BY r.revision` },
  { table: 'admin_acts', rows: `FROM admin_acts r WHERE r.campaign_id = $1 ORDER BY r.id` },
];
