import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The history of a payout that was created together with its outcome can be read from its row, so it needs no event: a
 * view shows it (docs/adr/0055). Waits for no table.
 */
export class ShowPayoutsThatEndedAtOnce1764100091000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW payout_history AS
      SELECT idempotency_key, id, event, detail, actor, created_at FROM payout_events
      UNION ALL
      SELECT idempotency_key, NULL, CASE state WHEN 'REVERSED' THEN 'SETTLED' ELSE state END,
             CASE state WHEN 'REJECTED' THEN last_error END, NULL, created_at
        FROM payouts
       WHERE state IN ('SETTLED', 'REJECTED', 'REVERSED')
         AND NOT EXISTS (SELECT FROM payout_events told
                          WHERE told.idempotency_key = payouts.idempotency_key AND told.event IN ('SETTLED', 'REJECTED') OFFSET 0);
      COMMENT ON VIEW payout_history IS
        'payout_events, and one without an id, the first, for each payout whose row was created with its outcome'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP VIEW payout_history`);
  }
}
