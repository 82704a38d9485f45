import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit leaves out what the log has taken back after a restore. The index has an entry for each `restored` leaf
 * alone. The log waits while it is built: some seconds with millions of leaves; nobody else does.
 */
export class FindWhatWasTakenBack1764100072000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX log_leaves_restored ON log_leaves (campaign_id, log_index) WHERE leaf LIKE 'v1 restored %'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX log_leaves_restored`);
  }
}
