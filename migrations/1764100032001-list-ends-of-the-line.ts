import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A page of people who left the line, or waited to its end, costs one page (GET …/grants). The indexes have no entry
 * for a place that is open or was promoted. Claims wait while they are built: some seconds with millions of rows. In a
 * transaction of its own, because claims lock the tables of 1764100032000 in another order.
 */
export class ListEndsOfTheLine1764100032001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX waiting_entries_ended ON waiting_entries (campaign_id, arrival_no)
       WHERE ended_at IS NOT NULL AND left_at IS NULL;
      CREATE INDEX waiting_entries_left ON waiting_entries (campaign_id, arrival_no) WHERE left_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX waiting_entries_left`);
    await runner.query(`DROP INDEX waiting_entries_ended`);
  }
}
