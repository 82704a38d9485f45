import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An attempt that certainly never reached a provider leaves no doubt (R23), and may repeat while an outage lasts. */
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
