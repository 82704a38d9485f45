import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * So that all processes know how long witnesses have been silent, also one that has just begun to write the log. Null
 * until they cosign; the release before leaves it so. Locks log_state, a table of one row, for a moment.
 */
export class KnowWhenWitnessesCosigned1764100086000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE log_state ADD COLUMN cosigned_at TIMESTAMPTZ`);
    await runner.query(
      `COMMENT ON COLUMN log_state.cosigned_at IS 'when a checkpoint with enough cosignatures was published last'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE log_state DROP COLUMN cosigned_at`);
  }
}
