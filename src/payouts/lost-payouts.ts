import { payoutKeySql } from '../ledger/payout-key.js';

/**
 * R22, in SQL: a row when payouts of campaign $1 may have been made that this database does
 * not know of, because it was set back since the campaign began. Then every payout is looked up before anything is sent. What
 * is not found may have been sent as early as `since`, so that the provider may have forgotten it; unless the campaign has
 * been compared with the provider's statement since (`npm run reconcile -- --apply`): then `since` is null.
 */
const LOST_SINCE = `
    SELECT CASE WHEN compared.compared_at > installation.set_back_at THEN NULL ELSE installation.lost_since END AS since
      FROM installation
      JOIN campaigns ON campaigns.id = $1 AND campaigns.created_at < installation.set_back_at
      LEFT JOIN campaign_reconciliations compared ON compared.campaign_id = $1`;

/** R22, as a common table expression: `LOST_SINCE`. */
export const LOST = `
  lost AS (${LOST_SINCE}
  )`;

/**
 * R22, in SQL: the earliest time at which something may have been sent under a payout's key.
 * @param payout has `idempotency_key` and `first_sent_at`; `LOST` stands before it
 */
export const earliestRequest = (payout: string): string => `
  CASE WHEN EXISTS (SELECT FROM payouts_known_there known WHERE known.idempotency_key = ${payout}.idempotency_key) THEN '-infinity'
       ELSE least(${payout}.first_sent_at, (SELECT since FROM lost)) END`;

/**
 * R22, in SQL: the database has not been set back, nor exchanged, since this process last raised its round (R16). Until somebody
 * has noticed and written down since when something is lost, `LOST` knows nothing of it.
 */
export const isWhereItWas = (identity: string, round: string): string => `
  EXISTS (SELECT FROM installation WHERE database || '.' || id = ${identity} AND round >= ${round}::bigint)`;

/** R22, in SQL: a provider has paid for this installation. */
export const hasProviderPaid = `EXISTS (SELECT FROM installation WHERE provider_since IS NOT NULL)`;

/** R22, in SQL: payouts of campaign $1 may have been made that nobody here knows of, and the provider's statement was not compared since. */
export const isNotCompared = `EXISTS (SELECT FROM (${LOST_SINCE}) AS lost WHERE since IS NOT NULL)`;

/**
 * R22, in SQL: the ledger may begin payouts of campaign $1. Either no provider has ever made any, or the database is where this
 * process last found it and what the provider made of the campaign's is known.
 */
export const ledgerMayBegin = (identity: string, round: string): string => `
  NOT EXISTS (
    SELECT FROM installation
     WHERE installation.provider_since IS NOT NULL
       AND (NOT ${isWhereItWas(identity, round)} OR ${isNotCompared}))`;

/** R22, in SQL: the provider has a transfer for this user of campaign $1, so nobody else pays it. */
export const isKnownThere = (userId: string): string => `
  EXISTS (SELECT FROM payouts_known_there known WHERE known.idempotency_key = ${payoutKeySql('$1', userId)})`;
