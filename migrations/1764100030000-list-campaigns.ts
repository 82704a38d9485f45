import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lists campaigns page by page, the newest first. Locks `campaigns` against writes while the index is built: some ms.
 */
export class ListCampaigns1764100030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX campaigns_by_age ON campaigns (created_at, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX campaigns_by_age`);
  }
}
