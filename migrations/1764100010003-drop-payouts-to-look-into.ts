import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Everything in this index is in payouts_not_settled. Takes a lock for an instant. */
export class DropPayoutsToLookInto1764100010003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX payouts_to_look_into`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX payouts_to_look_into ON payouts (campaign_id, state, user_id)
       WHERE state IN ('HELD', 'REJECTED', 'REVERSED', 'REVOKED')`);
  }
}
