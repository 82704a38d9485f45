import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Names who has paid the campaigns that are there (R30). A campaign for which anything may have been sent to a provider
 * is the provider's, even if the ledger has paid in it as well: only a provider can tell what became of what was sent.
 * That is known by the time of the first request, by an attempt (in the release before, a payout that operators sent
 * again lost that time), or by a key that only the provider knew after a restore.
 *
 * Reads all payouts once, which takes some seconds with millions of rows; nobody waits for that. The rows of the
 * campaigns are locked at the end, for a moment: run it when no rush is on. In a transaction of its own, so that the
 * new column locks the campaigns no longer.
 */
export class FindWhoPaidCampaigns1764100031001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE campaigns SET payout_provider = CASE WHEN paid.is_sent THEN 'http' ELSE 'ledger' END
        FROM (SELECT campaign_id, bool_or(is_sent) AS is_sent FROM (
                SELECT campaign_id,
                       first_sent_at IS NOT NULL OR attempts > 0 AND state IN ('DUE', 'SENDING', 'IN_DOUBT', 'HELD') AS is_sent
                  FROM payouts
                 WHERE first_sent_at IS NOT NULL OR attempts > 0 OR state IN ('SETTLED', 'REJECTED', 'REVERSED')
                UNION ALL SELECT campaign_id, true FROM payouts_known_there) AS known GROUP BY campaign_id) AS paid
       WHERE campaigns.id = paid.campaign_id AND campaigns.payout_provider IS NULL`);
  }

  /** The column goes with the migration before. */
  async down(): Promise<void> {}
}
