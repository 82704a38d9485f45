import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A campaign that nobody has claimed can be deleted. Its row stays, finished and hidden: the books and the trail name
 * its id. Locks `campaigns` for a moment; no row is rewritten.
 */
export class DeleteUnclaimedCampaigns1764100030001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaigns
        ADD COLUMN deleted_at TIMESTAMPTZ,
        ADD CONSTRAINT campaigns_deleted_unclaimed
          CHECK (deleted_at IS NULL OR finished_at IS NOT NULL AND success_count = 0 AND state = 'CLOSED')`);
    await runner.query(`
      COMMENT ON COLUMN campaigns.deleted_at IS 'an operator deleted it, before anybody had claimed: it is shown to nobody'`);
    await runner.query(`
      CREATE TRIGGER campaigns_deletion_is_final BEFORE UPDATE OF deleted_at ON campaigns
        FOR EACH ROW WHEN (OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS DISTINCT FROM OLD.deleted_at)
        EXECUTE FUNCTION refuse_change('a deleted campaign never comes back')`);
  }

  /** Campaigns that were deleted are shown again, as finished. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER campaigns_deletion_is_final ON campaigns`);
    await runner.query(`
      ALTER TABLE campaigns DROP CONSTRAINT campaigns_deleted_unclaimed, DROP COLUMN deleted_at`);
  }
}
