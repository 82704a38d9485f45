import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A page of what is asked for by its state costs a page, also of what is under way. Neither index has anything of a payout that the
 * ledger makes at once. Each is built while writes to its table wait: some seconds where it has millions of rows.
 */
export class ListWhatIsOpen1764100010001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // With user_grants_to_begin, everybody who is PENDING, in order of arrival.
    await runner.query(`
      CREATE INDEX user_grants_begun ON user_grants (campaign_id, arrival_no)
       WHERE status = 'PENDING' AND begun_at IS NOT NULL`);
    await runner.query(`
      CREATE INDEX payouts_not_settled ON payouts (campaign_id, state, user_id)
       WHERE state IN ('DUE', 'SENDING', 'IN_DOUBT', 'HELD', 'REJECTED', 'REVERSED', 'REVOKED')`);
    await runner.query(`DROP INDEX payouts_to_look_into`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX payouts_to_look_into ON payouts (campaign_id, state, user_id)
       WHERE state IN ('HELD', 'REJECTED', 'REVERSED', 'REVOKED')`);
    await runner.query(`DROP INDEX payouts_not_settled`);
    await runner.query(`DROP INDEX user_grants_begun`);
  }
}
