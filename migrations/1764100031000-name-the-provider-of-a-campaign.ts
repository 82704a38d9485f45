import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who pays a campaign is part of its terms (R30). The release before leaves the column NULL; a process of this release
 * fills it in before it pays such a campaign. Locks the campaigns for a moment: the column needs no rewrite.
 */
export class NameTheProviderOfACampaign1764100031000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaigns
        ADD COLUMN payout_provider TEXT COLLATE "C",
        ADD CONSTRAINT campaigns_payout_provider_known CHECK (payout_provider IN ('ledger', 'http'))`);
    await runner.query(`
      COMMENT ON COLUMN campaigns.payout_provider IS
        'who makes all payouts of the campaign; NULL: nobody has made one yet, and the campaign is older than the column'`);
    await runner.query(`
      CREATE TRIGGER campaigns_provider_is_fixed BEFORE UPDATE OF payout_provider ON campaigns
        FOR EACH ROW WHEN (OLD.payout_provider IS NOT NULL AND NEW.payout_provider IS DISTINCT FROM OLD.payout_provider)
        EXECUTE FUNCTION refuse_change('one provider pays a campaign')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER campaigns_provider_is_fixed ON campaigns`);
    await runner.query(
      `ALTER TABLE campaigns DROP CONSTRAINT campaigns_payout_provider_known, DROP COLUMN payout_provider`,
    );
  }
}
