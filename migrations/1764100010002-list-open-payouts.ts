import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A page of payouts in any state but SETTLED costs one page. The index has no entry for a payout that the ledger makes
 * at once. Payouts wait while it is built: some seconds with millions of rows. In a transaction of its own, because
 * payouts lock their tables in the other order.
 */
export class ListOpenPayouts1764100010002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX payouts_not_settled ON payouts (campaign_id, state, user_id)
       WHERE state IN ('DUE', 'SENDING', 'IN_DOUBT', 'HELD', 'REJECTED', 'REVERSED', 'REVOKED')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX payouts_not_settled`);
  }
}
