import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables with rows that can be deleted only with their campaign: trigger, reason, and the campaign of a row `gone`. */
const KEPT = [
  ['user_grants', 'user_grants_stays', 'others refer to it', 'gone.campaign_id'],
  [
    'payout_events',
    'payout_events_append_only',
    'it is append-only',
    'campaign_of_key(gone.idempotency_key)',
  ],
  [
    'provider_events',
    'provider_events_append_only',
    'it is append-only',
    'campaign_of_key(gone.idempotency_key)',
  ],
  [
    'ledger_transactions',
    'ledger_transactions_append_only',
    'it is append-only',
    'campaign_of_key(gone.idempotency_key)',
  ],
  [
    'ledger_entries',
    'ledger_entries_append_only',
    'it is append-only',
    '(SELECT campaign_of_key(idempotency_key) FROM ledger_transactions WHERE id = gone.transaction_id)',
  ],
] as const;

/** The steps to a campaign's end (R9, R25, R28, R29), and the removal of a finished campaign (docs/adr/0026). */
export class EndCampaigns1764100006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaigns
        ADD COLUMN at_rest_since   TIMESTAMPTZ,
        ADD COLUMN sealed_at       TIMESTAMPTZ,
        ADD COLUMN finished_at     TIMESTAMPTZ,
        ADD COLUMN success_count   INT,
        ADD COLUMN gate_retired_at TIMESTAMPTZ,
        ADD COLUMN archived_at     TIMESTAMPTZ,
        ADD COLUMN archive_sha256  TEXT COLLATE "C",
        ADD CONSTRAINT campaigns_finished_after_sealed CHECK (finished_at IS NULL OR sealed_at IS NOT NULL),
        ADD CONSTRAINT campaigns_finished_with_count CHECK ((finished_at IS NULL) = (success_count IS NULL)),
        ADD CONSTRAINT campaigns_retired_after_finished CHECK (gate_retired_at IS NULL OR finished_at IS NOT NULL),
        ADD CONSTRAINT campaigns_archived_after_retired CHECK (archived_at IS NULL OR gate_retired_at IS NOT NULL),
        ADD CONSTRAINT campaigns_removed_after_archived CHECK (archive_sha256 IS NULL OR archived_at IS NOT NULL)`);
    await runner.query(`
      COMMENT ON COLUMN campaigns.at_rest_since IS 'since then nothing was under way: every slot is paid, or it is closed and nobody is to be paid or told';
      COMMENT ON COLUMN campaigns.sealed_at IS 'from then on no slot comes free for anybody: its line is ended, and takes nobody';
      COMMENT ON COLUMN campaigns.finished_at IS 'from then on it has no gate, and nothing of it changes but for money that comes back (R29)';
      COMMENT ON COLUMN campaigns.success_count IS 'how many grants were SUCCESS when it was finished';
      COMMENT ON COLUMN campaigns.gate_retired_at IS 'when its gate was taken out of Redis';
      COMMENT ON COLUMN campaigns.archived_at IS 'from then on nothing of it is written, so that it can be archived and removed; it stays as a tombstone';
      COMMENT ON COLUMN campaigns.archive_sha256 IS 'of the archive that was verified; its rows may be deleted from then on'`);
    // Finished campaigns are not closed any more.
    await runner.query(`DROP INDEX campaigns_to_close`);
    await runner.query(
      `CREATE INDEX campaigns_to_close ON campaigns (closes_at) WHERE state <> 'CLOSED' AND finished_at IS NULL`,
    );
    await runner.query(`
      CREATE TRIGGER campaigns_end_is_final BEFORE UPDATE OF sealed_at, finished_at, success_count, archived_at, archive_sha256 ON campaigns
        FOR EACH ROW WHEN (
             OLD.sealed_at      IS NOT NULL AND NEW.sealed_at      IS DISTINCT FROM OLD.sealed_at
          OR OLD.finished_at    IS NOT NULL AND NEW.finished_at    IS DISTINCT FROM OLD.finished_at
          OR OLD.success_count  IS NOT NULL AND NEW.success_count  IS DISTINCT FROM OLD.success_count
          OR OLD.archived_at    IS NOT NULL AND NEW.archived_at    IS DISTINCT FROM OLD.archived_at
          OR OLD.archive_sha256 IS NOT NULL AND NEW.archive_sha256 IS DISTINCT FROM OLD.archive_sha256)
        EXECUTE FUNCTION refuse_change('the end of a campaign is final')`);

    // R25: leaving ends the entry; `left_at` distinguishes it from other ends.
    await runner.query(`
      ALTER TABLE waiting_entries
        ADD COLUMN left_at      TIMESTAMPTZ,
        ADD COLUMN gate_told_at TIMESTAMPTZ,
        ADD CONSTRAINT waiting_entries_leaving_is_an_end CHECK (left_at IS NULL OR ended_at = left_at)`);
    await runner.query(`
      COMMENT ON COLUMN waiting_entries.left_at IS 'when the user left the line: the entry ended then';
      COMMENT ON COLUMN waiting_entries.gate_told_at IS 'of who left: when the gate had taken them out of its line'`);
    await runner.query(`
      CREATE INDEX waiting_entries_left_untold ON waiting_entries (campaign_id) WHERE left_at IS NOT NULL AND gate_told_at IS NULL`);
    await runner.query(`
      CREATE OR REPLACE VIEW waiting_line AS
      SELECT campaign_id, user_id, arrival_no, created_at, ended_at, left_at FROM waiting_entries entry
       WHERE NOT EXISTS (SELECT FROM user_grants taken
                          WHERE taken.campaign_id = entry.campaign_id AND taken.user_id = entry.user_id OFFSET 0)`);

    await runner.query(`
      ALTER TABLE payouts
        DROP CONSTRAINT payouts_state_known,
        ADD CONSTRAINT payouts_state_known
          CHECK (state IN ('DUE', 'SENDING', 'IN_DOUBT', 'HELD', 'SETTLED', 'REJECTED', 'REVERSED', 'REVOKED')),
        ADD CONSTRAINT payouts_revoked_before_sent CHECK (state <> 'REVOKED' OR attempts = 0 AND first_sent_at IS NULL)`);
    await runner.query(`
      CREATE TRIGGER payouts_revocation_is_final BEFORE UPDATE OF state ON payouts
        FOR EACH ROW WHEN (OLD.state = 'REVOKED') EXECUTE FUNCTION refuse_change('a revoked payout is never sent')`);

    await runner.query(`
      CREATE FUNCTION campaign_of_key(key text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT COALESCE(substring(key from '^(?:fund|return):([a-z0-9-]+)$'),
                        substring(key from '^(?:(?:reversal|return):)?grant:([a-z0-9-]+):'))
      $$;
      COMMENT ON FUNCTION campaign_of_key(text) IS 'the campaign of whose own an idempotency key is; null for what outlives it'`);
    await runner.query(
      `CREATE INDEX provider_events_of ON provider_events (campaign_of_key(idempotency_key))`,
    );

    // A DELETE passes only for rows of the one campaign that its transaction says it removes, once a verified archive
    // of it is on record.
    for (const [table, trigger, why, campaign] of KEPT) {
      await runner.query(`
        CREATE FUNCTION ${table}_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          removed text := (SELECT id FROM campaigns
                            WHERE id = current_setting('seonchak.removed_campaign', true) AND archive_sha256 IS NOT NULL);
        BEGIN
          IF EXISTS (SELECT FROM gone WHERE removed IS NULL OR ${campaign} IS DISTINCT FROM removed) THEN
            RAISE EXCEPTION 'DELETE of ${table} refused: ${why}' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NULL;
        END $$`);
      await runner.query(`DROP TRIGGER ${trigger} ON ${table}`);
      await runner.query(`
        CREATE TRIGGER ${trigger} BEFORE ${table === 'user_grants' ? '' : 'UPDATE OR '}TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('${why}')`);
      await runner.query(`
        CREATE TRIGGER ${table}_may_go AFTER DELETE ON ${table} REFERENCING OLD TABLE AS gone
          FOR EACH STATEMENT EXECUTE FUNCTION ${table}_may_go()`);
    }
  }

  /** Works only while nobody left a line, no grant was revoked and no campaign removed: rows would change meaning. */
  async down(runner: QueryRunner): Promise<void> {
    for (const [table, trigger, why] of KEPT) {
      await runner.query(`DROP TRIGGER ${table}_may_go ON ${table}`);
      await runner.query(`DROP FUNCTION ${table}_may_go()`);
      await runner.query(`DROP TRIGGER ${trigger} ON ${table}`);
      await runner.query(`
        CREATE TRIGGER ${trigger} BEFORE ${table === 'user_grants' ? '' : 'UPDATE OR '}DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('${why}')`);
    }
    await runner.query(`DROP INDEX provider_events_of`);
    await runner.query(`DROP FUNCTION campaign_of_key(text)`);
    await runner.query(`DROP TRIGGER payouts_revocation_is_final ON payouts`);
    await runner.query(`
      ALTER TABLE payouts
        DROP CONSTRAINT payouts_revoked_before_sent,
        DROP CONSTRAINT payouts_state_known,
        ADD CONSTRAINT payouts_state_known
          CHECK (state IN ('DUE', 'SENDING', 'IN_DOUBT', 'HELD', 'SETTLED', 'REJECTED', 'REVERSED'))`);
    await runner.query(`DROP VIEW waiting_line`);
    await runner.query(`DROP INDEX waiting_entries_left_untold`);
    await runner.query(`
      ALTER TABLE waiting_entries
        DROP CONSTRAINT waiting_entries_leaving_is_an_end,
        DROP COLUMN left_at,
        DROP COLUMN gate_told_at`);
    await runner.query(`
      CREATE VIEW waiting_line AS
      SELECT campaign_id, user_id, arrival_no, created_at, ended_at FROM waiting_entries entry
       WHERE NOT EXISTS (SELECT FROM user_grants taken
                          WHERE taken.campaign_id = entry.campaign_id AND taken.user_id = entry.user_id OFFSET 0)`);
    await runner.query(`DROP TRIGGER campaigns_end_is_final ON campaigns`);
    await runner.query(`DROP INDEX campaigns_to_close`);
    await runner.query(`CREATE INDEX campaigns_to_close ON campaigns (closes_at) WHERE state <> 'CLOSED'`);
    await runner.query(`
      ALTER TABLE campaigns
        DROP CONSTRAINT campaigns_finished_after_sealed,
        DROP CONSTRAINT campaigns_finished_with_count,
        DROP CONSTRAINT campaigns_retired_after_finished,
        DROP CONSTRAINT campaigns_archived_after_retired,
        DROP CONSTRAINT campaigns_removed_after_archived,
        DROP COLUMN at_rest_since,
        DROP COLUMN sealed_at,
        DROP COLUMN finished_at,
        DROP COLUMN success_count,
        DROP COLUMN gate_retired_at,
        DROP COLUMN archived_at,
        DROP COLUMN archive_sha256`);
  }
}
