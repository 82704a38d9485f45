import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A page of what is in a given state costs one page, even if the state is one under way. Neither index has an entry for
 * a payout that the ledger makes at once. Writes to each table wait while its index is built: some seconds with
 * millions of rows.
 */
export class ListWhatIsOpen1764100010001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Together with user_grants_to_begin: everybody who is PENDING, in order of arrival.
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
