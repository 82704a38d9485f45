import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the process that writes the log tells all others of it. The columns are null until it does; the release before
 * leaves them so. Locks log_state, a table of one row, for a moment: only the log waits for it.
 */
export class TellHowTheLogIs1764100070000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE log_state
        ADD COLUMN checkpoint_at TIMESTAMPTZ,
        ADD COLUMN told_at       TIMESTAMPTZ,
        ADD COLUMN whole_at      TIMESTAMPTZ,
        ADD COLUMN set_back_at   TIMESTAMPTZ`);
    const comments = [
      `COLUMN log_state.checkpoint_at IS 'when the checkpoint was published'`,
      `COLUMN log_state.told_at IS 'when the writer of the log last told how it is'`,
      `COLUMN log_state.whole_at IS 'by then: when the published log last had everything that was committed'`,
      `COLUMN log_state.set_back_at IS 'since when nothing is signed, because the database does not continue the log; null: it does'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE log_state DROP COLUMN set_back_at, DROP COLUMN whole_at, DROP COLUMN told_at, DROP COLUMN checkpoint_at`);
  }
}
