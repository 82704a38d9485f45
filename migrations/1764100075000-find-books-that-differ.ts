import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What waits for a human is looked for every second. Locks a small table for a moment; claims never touch it. */
export class FindBooksThatDiffer1764100075000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX reconciliation_reports_unresolved ON reconciliation_reports (compared_at) WHERE remaining > 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX reconciliation_reports_unresolved`);
  }
}
