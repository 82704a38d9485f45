import type { MigrationInterface, QueryRunner } from 'typeorm';

/** New tables for the log of a fair order (docs/transparency.md); takes no lock that anybody waits for. */
export class KeepTheLog1764100061000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE log_state (
        is_one          BOOLEAN          NOT NULL DEFAULT true,
        size            BIGINT           NOT NULL DEFAULT 0,
        log_leaf        TEXT COLLATE "C",
        checkpoint      TEXT COLLATE "C",
        checkpoint_size BIGINT           NOT NULL DEFAULT 0,
        CONSTRAINT log_state_pk PRIMARY KEY (is_one),
        CONSTRAINT log_state_is_one CHECK (is_one),
        CONSTRAINT log_state_published_is_committed CHECK (checkpoint_size BETWEEN 0 AND size)
      )`);
    await runner.query(`INSERT INTO log_state DEFAULT VALUES`);
    await runner.query(`
      CREATE TABLE log_leaves (
        log_index   BIGINT           NOT NULL,
        campaign_id TEXT COLLATE "C",
        arrival_no  BIGINT,
        leaf        TEXT COLLATE "C" NOT NULL,
        CONSTRAINT log_leaves_pk PRIMARY KEY (log_index)
      )`);
    await runner.query(`
      CREATE INDEX log_leaves_of ON log_leaves (campaign_id, arrival_no, log_index) WHERE arrival_no IS NOT NULL`);
    await runner.query(
      `CREATE INDEX log_leaves_of_the_log ON log_leaves (log_index) WHERE campaign_id IS NULL`,
    );
    await runner.query(`
      CREATE INDEX log_leaves_reversed ON log_leaves (campaign_id, log_index) WHERE leaf LIKE 'v1 reversed %'`);
    await runner.query(`
      CREATE TABLE log_tiles (
        level  INT    NOT NULL,
        n      BIGINT NOT NULL,
        hashes BYTEA  NOT NULL,
        CONSTRAINT log_tiles_pk PRIMARY KEY (level, n),
        CONSTRAINT log_tiles_of_whole_hashes CHECK (length(hashes) % 32 = 0 AND length(hashes) BETWEEN 32 AND 8192)
      )`);
    await runner.query(`
      CREATE TABLE log_campaigns (
        campaign_id TEXT COLLATE "C" NOT NULL,
        first_index BIGINT           NOT NULL,
        last_index  BIGINT,
        standing    TEXT COLLATE "C" NOT NULL DEFAULT 'open',
        CONSTRAINT log_campaigns_pk PRIMARY KEY (campaign_id),
        CONSTRAINT log_campaigns_standing_known CHECK (standing IN ('open', 'ended', 'stopped', 'unproven')),
        CONSTRAINT log_campaigns_open_without_end CHECK ((standing = 'open') = (last_index IS NULL))
      )`);
    await runner.query(
      `CREATE INDEX log_campaigns_open ON log_campaigns (campaign_id) WHERE standing = 'open'`,
    );
    await runner.query(
      `CREATE INDEX log_campaigns_stopped ON log_campaigns (campaign_id) WHERE standing = 'stopped'`,
    );
    await runner.query(`
      CREATE TABLE log_checkpoints (
        size BIGINT           NOT NULL,
        note TEXT COLLATE "C" NOT NULL,
        at   TIMESTAMPTZ      NOT NULL DEFAULT now(),
        CONSTRAINT log_checkpoints_pk PRIMARY KEY (size)
      )`);
    const comments = [
      `TABLE log_state IS 'how far the log of a fair order has come: one row, whose lock orders whoever appends'`,
      `COLUMN log_state.size IS 'leaves that are committed; whoever appends compares it with what they know'`,
      `COLUMN log_state.log_leaf IS 'the last leaf of the kind log'`,
      `COLUMN log_state.checkpoint IS 'the signed note that is published; its tree has checkpoint_size leaves'`,
      `TABLE log_leaves IS 'the leaves of the log, append-only'`,
      `COLUMN log_leaves.campaign_id IS 'null: the leaf is about the whole log'`,
      `COLUMN log_leaves.arrival_no IS 'the person whom the leaf is about; null: nobody'`,
      `TABLE log_tiles IS 'hashes of the tree, 256 a tile; the last tile of a level grows'`,
      `TABLE log_campaigns IS 'which campaigns the log knows, and in which range of it their leaves lie'`,
      `COLUMN log_campaigns.last_index IS 'of the last leaf of a campaign that takes no more, but for money that comes back later'`,
      `TABLE log_checkpoints IS 'earlier checkpoints with cosignatures, which have times'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
    for (const table of ['log_leaves', 'log_checkpoints'])
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was published can''t be changed')`);
    for (const table of ['log_state', 'log_tiles', 'log_campaigns'])
      await runner.query(`
        CREATE TRIGGER ${table}_stays BEFORE DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the log is append-only')`);
  }

  /** What was published must be kept elsewhere: the log can't be continued afterwards. */
  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['log_checkpoints', 'log_campaigns', 'log_tiles', 'log_leaves', 'log_state'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
