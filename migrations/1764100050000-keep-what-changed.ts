import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables with rows that go only with their archived campaign, and never change. */
const APPEND_ONLY = ['campaign_epochs', 'gate_revisions'] as const;

/**
 * The feed of committed changes (docs/adr/0040), and what a log of the order needs from the gate: which numbers each
 * rebuild knew, and at which number a change of terms was in force.
 *
 * Triggers write the feed, so that the release before writes it, too. They cost an index probe a statement until a
 * reader is registered. Creating them waits for whoever writes campaigns, grants and places, and locks the three tables
 * for a moment; no row is rewritten.
 */
export class KeepWhatChanged1764100050000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createFeed(runner);
    await this.createGateHistory(runner);
    await this.createKeys(runner);
    await this.watchCampaigns(runner);
    await this.watchPeople(runner);
  }

  private async createFeed(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE change_readers (
        name TEXT COLLATE "C" NOT NULL,
        xid  XID8             NOT NULL,
        id   BIGINT           NOT NULL,
        at   TIMESTAMPTZ      NOT NULL DEFAULT now(),
        CONSTRAINT change_readers_pk PRIMARY KEY (name)
      )`);
    await runner.query(`
      CREATE TABLE changes (
        id          BIGINT           NOT NULL GENERATED ALWAYS AS IDENTITY,
        xid         XID8             NOT NULL DEFAULT pg_current_xact_id(),
        at          TIMESTAMPTZ      NOT NULL DEFAULT now(),
        campaign_id TEXT COLLATE "C" NOT NULL,
        kind        TEXT COLLATE "C" NOT NULL,
        arrival_nos BIGINT[]         NOT NULL DEFAULT '{}',
        detail      JSONB,
        CONSTRAINT changes_pk PRIMARY KEY (id),
        CONSTRAINT changes_kind_known CHECK (kind IN
          ('terms', 'state', 'finished', 'promoted', 'left', 'ended', 'paid', 'failed', 'reversed'))
      )`);
    await runner.query(`CREATE INDEX changes_in_order ON changes (xid, id)`);
    await runner.query(`
      COMMENT ON TABLE changes IS 'what committed transactions changed, one row a statement, campaign and kind; read in the order of (xid, id)';
      COMMENT ON COLUMN changes.xid IS 'the transaction; a row counts once every transaction up to it has ended';
      COMMENT ON COLUMN changes.arrival_nos IS 'whom it concerns, in order of arrival; empty: the campaign itself';
      COMMENT ON TABLE change_readers IS 'who reads the changes; while there is no row, none are written';
      COMMENT ON COLUMN change_readers.xid IS 'with id: the last change that the reader is done with'`);
    // Rows that a reader still needs stay, but for those of a campaign that is removed.
    await runner.query(`
      CREATE FUNCTION changes_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        removed text := (SELECT id FROM campaigns
                          WHERE id = current_setting('seonchak.removed_campaign', true) AND archive_sha256 IS NOT NULL);
      BEGIN
        IF EXISTS (SELECT FROM gone JOIN change_readers reader ON (reader.xid, reader.id) < (gone.xid, gone.id)
                    WHERE gone.campaign_id IS DISTINCT FROM removed) THEN
          RAISE EXCEPTION 'DELETE of changes refused: a reader has not read them'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER changes_may_go AFTER DELETE ON changes REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION changes_may_go();
      CREATE TRIGGER changes_append_only BEFORE UPDATE OR TRUNCATE ON changes
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only');
      CREATE TRIGGER change_readers_stays BEFORE TRUNCATE ON change_readers
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('readers are unregistered one by one')`);
  }

  private async createGateHistory(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE campaign_epochs (
        campaign_id   TEXT COLLATE "C" NOT NULL,
        epoch         BIGINT           NOT NULL,
        rebuilt_up_to BIGINT           NOT NULL,
        at            TIMESTAMPTZ      NOT NULL DEFAULT now(),
        CONSTRAINT campaign_epochs_pk PRIMARY KEY (campaign_id, epoch),
        CONSTRAINT campaign_epochs_rebuilt_up_to_range CHECK (rebuilt_up_to >= 0)
      )`);
    await runner.query(`
      CREATE TABLE gate_revisions (
        campaign_id TEXT COLLATE "C" NOT NULL,
        revision    BIGINT           NOT NULL,
        epoch       BIGINT           NOT NULL,
        arrival_no  BIGINT           NOT NULL,
        at          TIMESTAMPTZ      NOT NULL DEFAULT now(),
        CONSTRAINT gate_revisions_pk PRIMARY KEY (campaign_id, revision),
        CONSTRAINT gate_revisions_arrival_no_range CHECK (arrival_no >= 0)
      )`);
    await runner.query(`
      COMMENT ON TABLE campaign_epochs IS 'the rebuilds of gates; each row is there before its gate lets anybody in';
      COMMENT ON COLUMN campaign_epochs.rebuilt_up_to IS 'the last arrival number that Postgres held then; a lower one without a row is lost for good';
      COMMENT ON TABLE gate_revisions IS 'when gates took the revisions of terms; a revision that no gate ever had is missing';
      COMMENT ON COLUMN gate_revisions.arrival_no IS 'the last number that had been given out; from the next one on the revision is in force'`);
    for (const table of APPEND_ONLY) {
      await runner.query(`
        CREATE FUNCTION ${table}_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          removed text := (SELECT id FROM campaigns
                            WHERE id = current_setting('seonchak.removed_campaign', true) AND archive_sha256 IS NOT NULL);
        BEGIN
          IF EXISTS (SELECT FROM gone WHERE campaign_id IS DISTINCT FROM removed) THEN
            RAISE EXCEPTION 'DELETE of ${table} refused: it is append-only'
              USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NULL;
        END $$`);
      await runner.query(`
        CREATE TRIGGER ${table}_may_go AFTER DELETE ON ${table} REFERENCING OLD TABLE AS gone
          FOR EACH STATEMENT EXECUTE FUNCTION ${table}_may_go();
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);
    }
  }

  /** A key may be forgotten, and never be exchanged. */
  private async createKeys(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE campaign_log_keys (
        campaign_id TEXT COLLATE "C" NOT NULL,
        key         BYTEA            NOT NULL,
        made_at     TIMESTAMPTZ      NOT NULL DEFAULT now(),
        CONSTRAINT campaign_log_keys_pk PRIMARY KEY (campaign_id),
        CONSTRAINT campaign_log_keys_of_32_bytes CHECK (octet_length(key) = 32)
      )`);
    await runner.query(`
      COMMENT ON TABLE campaign_log_keys IS 'secret: links the commitments in the log to people; a campaign older than the table has none'`);
    await runner.query(`
      CREATE TRIGGER campaign_log_keys_is_fixed BEFORE UPDATE OR TRUNCATE ON campaign_log_keys
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was committed to can''t be changed')`);
    // Postgres draws the 122 random bits of a version 4 UUID from the same strong source as pgcrypto, which may be
    // missing. Two of them are 244 bits in 32 bytes: HMAC-SHA256 wants a key that nobody guesses, not a uniform one.
    await runner.query(`
      CREATE FUNCTION campaigns_get_log_keys() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO campaign_log_keys (campaign_id, key)
        VALUES (NEW.id, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER campaigns_get_log_keys AFTER INSERT ON campaigns
        FOR EACH ROW EXECUTE FUNCTION campaigns_get_log_keys()`);
  }

  /** A statement changes a campaign once, so these run for each row, and only for rows of which there is news. */
  private async watchCampaigns(runner: QueryRunner): Promise<void> {
    const ms = (time: string) => `floor(extract(epoch FROM NEW.${time}) * 1000)::bigint`;
    await runner.query(`
      CREATE FUNCTION campaigns_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        state jsonb;
      BEGIN
        IF NOT EXISTS (SELECT FROM change_readers) THEN RETURN NULL; END IF;
        -- A sealed campaign's line takes nobody (R9).
        state := jsonb_build_object('revision', NEW.revision, 'state', NEW.state,
          'opensAt', ${ms('opens_at')}, 'closesAt', ${ms('closes_at')},
          'waitingCapacity', CASE WHEN NEW.sealed_at IS NULL THEN NEW.waiting_capacity ELSE 0 END);
        INSERT INTO changes (campaign_id, kind, detail)
        VALUES (NEW.id, TG_ARGV[0], CASE TG_ARGV[0]
          WHEN 'state' THEN state
          WHEN 'terms' THEN state || jsonb_build_object('capacity', NEW.capacity, 'amount', NEW.amount,
            'currency', NEW.currency, 'reversalPolicy', NEW.reversal_policy) END);
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER campaigns_note_terms AFTER INSERT ON campaigns
        FOR EACH ROW EXECUTE FUNCTION campaigns_note_change('terms');
      CREATE TRIGGER campaigns_note_state AFTER UPDATE OF revision ON campaigns
        FOR EACH ROW WHEN (NEW.revision IS DISTINCT FROM OLD.revision) EXECUTE FUNCTION campaigns_note_change('state');
      CREATE TRIGGER campaigns_note_the_end AFTER UPDATE OF finished_at ON campaigns
        FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
        EXECUTE FUNCTION campaigns_note_change('finished')`);
  }

  /**
   * A statement changes hundreds of people, so these run once a statement. An INSERT of a grant or a place is not
   * watched: a newcomer's claim writes nothing. A reversal marks the grant in the same transaction
   * (payouts_take_grants_back): a trigger with transition tables on payouts would cost every attempt of every payout.
   */
  private async watchPeople(runner: QueryRunner): Promise<void> {
    await runner.query(
      noteChanges('user_grants', {
        reversed: `taken_back = 'REVERSED'`,
        paid: `status = 'SUCCESS'`,
        failed: `status = 'FAILED'`,
      }),
    );
    await runner.query(
      noteChanges('waiting_entries', {
        promoted: 'promoted_at IS NOT NULL',
        left: 'left_at IS NOT NULL',
        ended: 'ended_at IS NOT NULL',
      }),
    );
    for (const table of ['user_grants', 'waiting_entries']) {
      await runner.query(`
        CREATE TRIGGER ${table}_note_changes AFTER UPDATE ON ${table}
          REFERENCING OLD TABLE AS before NEW TABLE AS after
          FOR EACH STATEMENT EXECUTE FUNCTION ${table}_note_changes()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['user_grants', 'waiting_entries']) {
      await runner.query(`DROP TRIGGER ${table}_note_changes ON ${table}`);
      await runner.query(`DROP FUNCTION ${table}_note_changes()`);
    }
    for (const trigger of ['note_the_end', 'note_state', 'note_terms', 'get_log_keys'])
      await runner.query(`DROP TRIGGER campaigns_${trigger} ON campaigns`);
    await runner.query(`DROP FUNCTION campaigns_note_change(), campaigns_get_log_keys()`);
    await runner.query(
      `DROP TABLE campaign_log_keys, gate_revisions, campaign_epochs, changes, change_readers`,
    );
    await runner.query(`DROP FUNCTION gate_revisions_may_go(), campaign_epochs_may_go(), changes_may_go()`);
  }
}

/**
 * What a row says after a statement, and did not say before, has changed. The two are not joined: the plan of a join is
 * made for the first statement of a session, mostly one of a single row, and kept for those of hundreds.
 * @param says kind of change -> SQL: whether a row says so; the first that fits counts
 */
function noteChanges(table: string, says: Readonly<Record<string, string>>): string {
  const kind = `CASE ${Object.entries(says)
    .map(([name, fits]) => `WHEN ${fits} THEN '${name}'`)
    .join(' ')} END`;
  // Looked for in this order: most UPDATEs of places, those of claims, change none.
  return `
    CREATE FUNCTION ${table}_note_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM after) THEN RETURN NULL; END IF;
      IF NOT EXISTS (SELECT FROM change_readers) THEN RETURN NULL; END IF;
      INSERT INTO changes (campaign_id, kind, arrival_nos)
      SELECT campaign_id, kind, array_agg(arrival_no ORDER BY arrival_no)
        FROM (SELECT campaign_id, arrival_no, ${kind} AS kind FROM after
              EXCEPT SELECT campaign_id, arrival_no, ${kind} FROM before) AS changed
       WHERE kind IS NOT NULL GROUP BY campaign_id, kind ORDER BY campaign_id, kind;
      RETURN NULL;
    END $$`;
}
