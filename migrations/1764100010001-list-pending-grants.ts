import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A page of PENDING grants costs one page: together with user_grants_to_begin this index holds them all, in order of
 * arrival. It has no entry for a grant that the ledger pays at once. Claims and payouts wait while it is built: some
 * seconds with millions of rows.
 */
export class ListPendingGrants1764100010001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX user_grants_begun ON user_grants (campaign_id, arrival_no)
       WHERE status = 'PENDING' AND begun_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX user_grants_begun`);
  }
}
