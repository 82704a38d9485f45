import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The reaper counts everybody's rows again when Postgres has deleted some (R18). What an archive took is no loss: it is
 * on record here, in the transaction that deletes, and explains as many deletions. No row is rewritten.
 */
export class CountRowsThatArchivesTook1764100084000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE campaigns ADD COLUMN removed_rows BIGINT`);
    await runner.query(`
      COMMENT ON COLUMN campaigns.removed_rows IS 'rows of user_grants and waiting_entries that its archive took; null before the first'`);
    await runner.query(`
      CREATE INDEX campaigns_removed_rows ON campaigns (removed_rows) WHERE removed_rows IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE campaigns DROP COLUMN removed_rows`);
  }
}
