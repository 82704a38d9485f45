import { isOlderThanSetBack, isWhereItWas } from '../grants/slots/installation.js';

/**
 * R22, in SQL: one row if payouts of campaign $1 may have been made that this database does not know of, because it was
 * set back after the campaign was created. Every payout is then looked up before anything is sent. A payout that is not
 * found may have been sent as early as `since`, so the provider may have forgotten it. `since` is null if the campaign
 * was compared with the provider's statement after the set-back (`npm run reconcile -- --apply`). If the database was
 * set back more than once since the campaign was created or compared, the earliest loss counts.
 */
const LOST_SINCE = `
    SELECT CASE WHEN compared.installation_id IS DISTINCT FROM installation.id THEN (
             SELECT min(lost_since) FROM set_backs
              WHERE no >= COALESCE((SELECT max(no) FROM set_backs
                                     WHERE installation_id IN (campaigns.installation_id, compared.installation_id)), 0)) END AS since
      FROM installation
      JOIN campaigns ON campaigns.id = $1 AND ${isOlderThanSetBack}
      LEFT JOIN campaign_reconciliations compared ON compared.campaign_id = $1`;

/** R22: `LOST_SINCE` as a common table expression. */
export const LOST = `
  lost AS (${LOST_SINCE}
  )`;

/**
 * R22, in SQL: the earliest time at which something may have been sent under a payout's key.
 * @param payout an alias with `idempotency_key` and `first_sent_at`, in a statement that starts with `LOST`
 */
export const earliestRequest = (payout: string): string => `
  CASE WHEN EXISTS (SELECT FROM payouts_known_there known WHERE known.idempotency_key = ${payout}.idempotency_key) THEN '-infinity'
       ELSE least(${payout}.first_sent_at, (SELECT since FROM lost)) END`;

/** R22, in SQL: a provider has paid for this installation. */
export const hasProviderPaid = `EXISTS (SELECT FROM installation WHERE provider_since IS NOT NULL)`;

/**
 * R22, in SQL: payouts of campaign $1 may have been made that this database does not know of, and the campaign was not
 * compared with the provider's statement since.
 */
export const isNotCompared = `EXISTS (SELECT FROM (${LOST_SINCE}) AS lost WHERE since IS NOT NULL)`;

/**
 * R22, in SQL: the ledger may become the provider of campaign $1, which names none. Either no provider has ever made
 * payouts, or the database is where this process last found it and the campaign's payouts by the provider are known.
 */
export const ledgerMayBegin = (identity: string, round: string): string => `
  NOT EXISTS (
    SELECT FROM installation
     WHERE installation.provider_since IS NOT NULL
       AND (NOT ${isWhereItWas(identity, round)} OR ${isNotCompared}))`;
