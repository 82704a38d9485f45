import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The identity of the database and its round (R15, R16). The gates in Redis are compared with both, so that a database
 * that was set back, copied or exchanged is detected, and payouts that may have been made before are looked up (R22).
 */
export class KnowTheInstallation1764100001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE installation (
        id          UUID        NOT NULL DEFAULT gen_random_uuid(),
        database    TEXT,
        round       BIGINT      NOT NULL DEFAULT 0,
        round_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
        set_back_at TIMESTAMPTZ,
        lost_since  TIMESTAMPTZ,
        is_only     BOOLEAN     NOT NULL DEFAULT true CONSTRAINT installation_pk PRIMARY KEY,
        CONSTRAINT installation_is_one CHECK (is_only),
        CONSTRAINT installation_loss_has_a_time CHECK ((set_back_at IS NULL) = (lost_since IS NULL))
      )`);
    await runner.query(`
      COMMENT ON TABLE installation IS 'one row: this installation of the service, as its database knows it';
      COMMENT ON COLUMN installation.id IS 'names this line of the data; renewed when the database is found to have been set back';
      COMMENT ON COLUMN installation.database IS 'database_identity() as of the last round; another one now means that this is a copy, or a promoted standby';
      COMMENT ON COLUMN installation.round IS 'raised all the time by whoever runs, and noted in Redis after its commit: lower here than there means set back';
      COMMENT ON COLUMN installation.round_at IS 'when the round was raised last';
      COMMENT ON COLUMN installation.set_back_at IS 'when this was last found to hold less than it once did, or to be another database; null for never';
      COMMENT ON COLUMN installation.lost_since IS 'round_at as the database held it then: what was done between that and set_back_at may be missing'`);
    await runner.query(`INSERT INTO installation DEFAULT VALUES`);

    // The timeline is that of the WAL that is being written, because the control file has it only after the first
    // checkpoint that follows a promotion. A standby writes no WAL.
    await runner.query(`
      CREATE FUNCTION database_identity() RETURNS text LANGUAGE sql VOLATILE AS $$
        SELECT CASE WHEN NOT pg_is_in_recovery() THEN concat_ws('.',
          (SELECT system_identifier FROM pg_control_system()),
          left(pg_walfile_name(pg_current_wal_lsn()), 8),
          (SELECT oid FROM pg_database WHERE datname = current_database())) END
      $$;
      COMMENT ON FUNCTION database_identity() IS 'system identifier, timeline and oid of this database; null on a standby'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION database_identity()`);
    await runner.query(`DROP TABLE installation`);
  }
}
