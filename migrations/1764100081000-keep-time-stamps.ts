import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What time-stamping authorities have signed of checkpoints (docs/adr/0038-time-stamps.md). The index on log_campaigns,
 * one row a campaign, is built in a moment.
 */
export class KeepTimeStamps1764100081000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE log_stamps (
        authority TEXT COLLATE "C" NOT NULL,
        size      BIGINT           NOT NULL,
        note      TEXT COLLATE "C" NOT NULL,
        token     BYTEA            NOT NULL,
        at        TIMESTAMPTZ      NOT NULL DEFAULT now(),
        CONSTRAINT log_stamps_pk PRIMARY KEY (authority, size)
      )`);
    await runner.query(`CREATE INDEX log_stamps_by_size ON log_stamps (size)`);
    await runner.query(
      `CREATE INDEX log_campaigns_ended ON log_campaigns (last_index) WHERE standing = 'ended'`,
    );
    const comments = [
      `TABLE log_stamps IS 'time stamps of checkpoints (RFC 3161), append-only'`,
      `COLUMN log_stamps.authority IS 'the URL of whoever stamped it'`,
      `COLUMN log_stamps.note IS 'the checkpoint, whose text was stamped; its tree has size leaves'`,
      `COLUMN log_stamps.token IS 'a TimeStampToken in DER'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
    await runner.query(`
      CREATE TRIGGER log_stamps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_stamps
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was published can''t be changed')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX log_campaigns_ended`);
    await runner.query(`DROP TABLE log_stamps`);
  }
}
