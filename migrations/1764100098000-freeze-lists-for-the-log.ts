import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log commits to a list of who may claim once it is frozen (docs/adr/0060), so the feed tells when that is, and
 * which lists are still open. Changes the check of `changes` (a scan of what waits there) and triggers of `campaigns`;
 * no row is rewritten. A release before this one ignores the new kind in its log, and tells webhooks the state again.
 */
export class FreezeListsForTheLog1764100098000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createParts(runner);
    await runner.query(`
      ALTER TABLE changes DROP CONSTRAINT changes_kind_known, ADD CONSTRAINT changes_kind_known CHECK (kind IN
        ('terms', 'listed', 'state', 'finished', 'promoted', 'left', 'ended', 'paid', 'failed', 'reversed'))`);
    await runner.query(noteChange({ tellsLists: true }));
    // Nobody can claim any more, so whoever is on the list stays on it; the log needs it for its last leaves.
    await runner.query(`
      CREATE FUNCTION campaigns_freeze_list_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.eligible_frozen_at := NEW.finished_at; -- the very same: it was never final while people could claim
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER campaigns_freeze_list_at_the_end BEFORE UPDATE ON campaigns
        FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL
                           AND NEW.eligibility = 'list' AND NEW.eligible_frozen_at IS NULL)
        EXECUTE FUNCTION campaigns_freeze_list_at_the_end()`);
    // By its name it comes before those that tell of a state and of the end.
    await runner.query(`
      CREATE TRIGGER campaigns_note_list AFTER UPDATE ON campaigns
        FOR EACH ROW WHEN (OLD.eligible_frozen_at IS NULL AND NEW.eligible_frozen_at IS NOT NULL)
        EXECUTE FUNCTION campaigns_note_change('listed')`);
    await runner.query(
      `COMMENT ON COLUMN campaigns.eligible_frozen_at IS
       'since when the list is final: since an operator froze it, at the latest since the first claim after the opening; the very time of finished_at if nothing else froze it'`,
    );
  }

  /** Commitments instead of people, in parts: read as a whole, and by everybody. */
  private async createParts(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE eligible_commitments (
        campaign_id TEXT COLLATE "C" NOT NULL,
        part        INT              NOT NULL,
        commitments BYTEA            NOT NULL,
        CONSTRAINT eligible_commitments_pk PRIMARY KEY (campaign_id, part),
        CONSTRAINT eligible_commitments_of_32_bytes
          CHECK (octet_length(commitments) > 0 AND octet_length(commitments) % 32 = 0)
      )`);
    await runner.query(`
      CREATE FUNCTION eligible_commitments_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        removed text := (SELECT id FROM campaigns
                          WHERE id = current_setting('seonchak.removed_campaign', true) AND archive_sha256 IS NOT NULL);
      BEGIN
        IF EXISTS (SELECT FROM gone WHERE campaign_id IS DISTINCT FROM removed) THEN
          RAISE EXCEPTION 'DELETE of eligible_commitments refused: it is append-only'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER eligible_commitments_may_go AFTER DELETE ON eligible_commitments REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION eligible_commitments_may_go();
      CREATE TRIGGER eligible_commitments_append_only BEFORE UPDATE OR TRUNCATE ON eligible_commitments
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);
    const comments = [
      `TABLE eligible_commitments IS 'what the log commits to: the commitments of everybody on a frozen list'`,
      `COLUMN eligible_commitments.part IS '0, 1, 2, …'`,
      `COLUMN eligible_commitments.commitments IS '32 bytes each, in the order of their text in base64, also from part to part'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
  }

  /** Frozen lists stay frozen, and what the log has said stays said. The check keeps the kind, which may be unread. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER campaigns_note_list ON campaigns`);
    await runner.query(`DROP TRIGGER campaigns_freeze_list_at_the_end ON campaigns`);
    await runner.query(`DROP FUNCTION campaigns_freeze_list_at_the_end()`);
    await runner.query(noteChange({ tellsLists: false }));
    await runner.query(`DROP TABLE eligible_commitments`);
    await runner.query(`DROP FUNCTION eligible_commitments_may_go()`);
    await runner.query(`
      COMMENT ON COLUMN campaigns.eligible_frozen_at IS
        'since when the list is final: from the first claim after the opening on'`);
  }
}

/** @param tellsLists whether `terms` and `state` say that the list may still change, and `listed` is known */
function noteChange({ tellsLists }: { readonly tellsLists: boolean }): string {
  const ms = (time: string): string => `floor(extract(epoch FROM NEW.${time}) * 1000)::bigint`;
  const openList = `
        IF NEW.eligibility = 'list' AND NEW.eligible_frozen_at IS NULL THEN
          state := state || jsonb_build_object('hasOpenList', true);
        END IF;`;
  return `
      CREATE OR REPLACE FUNCTION campaigns_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        state jsonb;
      BEGIN
        IF NOT EXISTS (SELECT FROM change_readers) THEN RETURN NULL; END IF;
        -- A sealed campaign's line takes nobody (R9).
        state := jsonb_build_object('revision', NEW.revision, 'state', NEW.state,
          'opensAt', ${ms('opens_at')}, 'closesAt', ${ms('closes_at')},
          'waitingCapacity', CASE WHEN NEW.sealed_at IS NULL THEN NEW.waiting_capacity ELSE 0 END);${tellsLists ? openList : ''}
        INSERT INTO changes (campaign_id, kind, detail)
        VALUES (NEW.id, TG_ARGV[0], CASE
          WHEN TG_ARGV[0] = 'state' THEN state
          WHEN TG_ARGV[0] IN ('terms', 'listed') THEN state || jsonb_build_object(
            'waitingCapacity', NEW.waiting_capacity, 'capacity', NEW.capacity, 'amount', NEW.amount, 'currency', NEW.currency, 'reversalPolicy', NEW.reversal_policy) END);
        RETURN NULL;
      END $$`;
}
