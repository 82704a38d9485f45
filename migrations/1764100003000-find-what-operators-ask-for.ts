import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operators ask for rare states: partial indexes find those, and cost nothing for rows in common states. */
export class FindWhatOperatorsAskFor1764100003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX user_grants_failed ON user_grants (campaign_id, arrival_no) WHERE status = 'FAILED'`);
    await runner.query(`
      CREATE INDEX payouts_to_look_into ON payouts (campaign_id, state, user_id)
       WHERE state IN ('HELD', 'REJECTED', 'REVERSED', 'REVOKED')`);
    await runner.query(`DROP INDEX payouts_held`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX payouts_held ON payouts (campaign_id, user_id) WHERE state = 'HELD'`);
    await runner.query(`DROP INDEX payouts_to_look_into`);
    await runner.query(`DROP INDEX user_grants_failed`);
  }
}
