import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps every set-back with the installation id that it ended, and under which id a campaign was created and compared
 * (R16, R22). The times of two database servers don't tell which came first. The id is written by the schema, so
 * instances of the release before write it as well; only their comparisons count as older than any set-back.
 *
 * Locks `campaigns`, `campaign_reconciliations` and `installation` against everything until it commits. That takes
 * milliseconds: no row is rewritten but those that are newer than a set-back.
 */
export class TellSetBacksByInstallation1764100111000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE set_backs (
        no              BIGINT      NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT set_backs_pk PRIMARY KEY,
        installation_id UUID        NOT NULL CONSTRAINT set_backs_installation_unique UNIQUE,
        lost_since      TIMESTAMPTZ NOT NULL
      )`);
    await runner.query(`
      CREATE TRIGGER set_backs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON set_backs
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);
    await runner.query(`
      CREATE FUNCTION is_set_back_kept(ended uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        RETURN EXISTS (SELECT FROM set_backs WHERE installation_id = ended);
      END $$`);
    // The id that the last set-back before this migration has ended was not kept.
    await runner.query(`
      INSERT INTO set_backs (installation_id, lost_since)
      SELECT gen_random_uuid(), lost_since FROM installation WHERE lost_since IS NOT NULL`);
    await runner.query(`
      CREATE FUNCTION installation_keeps_set_backs() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO set_backs (installation_id, lost_since) VALUES (OLD.id, NEW.lost_since)
          ON CONFLICT (installation_id) DO NOTHING;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER installation_keeps_set_backs AFTER UPDATE OF id ON installation
        FOR EACH ROW WHEN (OLD.id <> NEW.id AND NEW.lost_since IS NOT NULL) EXECUTE FUNCTION installation_keeps_set_backs()`);

    for (const [table, writtenAt] of [
      ['campaigns', 'created_at'],
      ['campaign_reconciliations', 'compared_at'],
    ] as const) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN installation_id UUID`);
      await runner.query(`
        UPDATE ${table} SET installation_id = installation.id FROM installation WHERE ${writtenAt} > set_back_at`);
    }
    await runner.query(`
      CREATE FUNCTION installation_id() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT id FROM installation'`);
    await runner.query(`ALTER TABLE campaigns ALTER COLUMN installation_id SET DEFAULT installation_id()`);

    const comments = [
      `TABLE set_backs IS 'each time that the database was found to hold less than it once did, or to be another one'`,
      `COLUMN set_backs.installation_id IS 'installation.id until then, or of a line of the data that was lost'`,
      `COLUMN set_backs.lost_since IS 'what was done since then may be missing'`,
      `FUNCTION is_set_back_kept(uuid) IS 'volatile: it sees what was committed while its statement waited for a row'`,
      `COLUMN campaigns.installation_id IS 'installation.id when it was created; null in rows of releases that wrote none'`,
      `COLUMN campaign_reconciliations.installation_id IS 'installation.id at compared_at; null in rows of releases that wrote none'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['campaigns', 'campaign_reconciliations'])
      await runner.query(`ALTER TABLE ${table} DROP COLUMN installation_id`);
    await runner.query(`DROP FUNCTION installation_id()`);
    await runner.query(`DROP TRIGGER installation_keeps_set_backs ON installation`);
    await runner.query(`DROP FUNCTION installation_keeps_set_backs()`);
    await runner.query(`DROP FUNCTION is_set_back_kept(uuid)`);
    await runner.query(`DROP TABLE set_backs`);
  }
}
