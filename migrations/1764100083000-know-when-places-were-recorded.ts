import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A place in the line has the time of the gate's clock alone; what compares it with Postgres' clock is wrong after a
 * step of either (R27). A grant has a time of Postgres in `updated_at`. The default is one for all rows that are there,
 * so no row is rewritten; claims wait a moment for the lock. The release before inserts as it did.
 */
export class KnowWhenPlacesWereRecorded1764100083000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE waiting_entries ADD COLUMN recorded_at TIMESTAMPTZ NOT NULL DEFAULT now()`,
    );
    await runner.query(`
      COMMENT ON COLUMN waiting_entries.recorded_at IS 'when the row was written, by Postgres'' clock; created_at is by the gate''s'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE waiting_entries DROP COLUMN recorded_at`);
  }
}
