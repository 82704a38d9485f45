import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What surely never reached a provider is no doubt (R23), and may go on for as long as an outage does. */
export class DoubtNoMoreThanNeeded1764100004001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE payouts ADD COLUMN put_backs INT NOT NULL DEFAULT 0`);
    await runner.query(
      `COMMENT ON COLUMN payouts.put_backs IS 'how often in a row it was put back; only the first is told in payout_events'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE payouts DROP COLUMN put_backs`);
  }
}
