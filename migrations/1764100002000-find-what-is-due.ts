import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes to find due work (R21): payouts by arrival, open places in a line, campaigns to look at. */
export class FindWhatIsDue1764100002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A PENDING grant is in one of two lists: not begun, by arrival; or begun, by the due time of its payout
    // (payouts_open).
    await runner.query(`ALTER TABLE user_grants ADD COLUMN begun_at TIMESTAMPTZ`);
    await runner.query(
      `COMMENT ON COLUMN user_grants.begun_at IS 'since when a payout without an outcome says when it is due; null: none does'`,
    );
    await runner.query(`
      CREATE FUNCTION payouts_begin_grants() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE user_grants SET begun_at = now() WHERE campaign_id = NEW.campaign_id AND user_id = NEW.user_id;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER payouts_begin_grants AFTER INSERT ON payouts
        FOR EACH ROW WHEN (NEW.state NOT IN ('SETTLED', 'REJECTED', 'REVOKED')) EXECUTE FUNCTION payouts_begin_grants()`);
    await runner.query(`
      UPDATE user_grants SET begun_at = payouts.created_at FROM payouts
       WHERE payouts.campaign_id = user_grants.campaign_id AND payouts.user_id = user_grants.user_id
         AND payouts.state NOT IN ('SETTLED', 'REJECTED', 'REVERSED')`);
    await runner.query(`DROP INDEX user_grants_pending`);
    await runner.query(`
      CREATE INDEX user_grants_to_begin ON user_grants (campaign_id, arrival_no)
       WHERE status = 'PENDING' AND begun_at IS NULL`);

    await runner.query(`
      CREATE INDEX waiting_entries_open ON waiting_entries (campaign_id, arrival_no)
       WHERE promoted_at IS NULL AND ended_at IS NULL`);
    await runner.query(`CREATE INDEX campaigns_to_close ON campaigns (closes_at) WHERE state <> 'CLOSED'`);

    // A separate table, not a column of campaigns: claims hold the rows of campaigns (R1), and each look writes here.
    await runner.query(`
      CREATE TABLE campaign_upkeep (
        campaign_id  TEXT        NOT NULL CONSTRAINT campaign_upkeep_pk PRIMARY KEY,
        next_look_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT campaign_upkeep_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id) ON DELETE CASCADE
      )`);
    await runner.query(
      `COMMENT ON TABLE campaign_upkeep IS 'which campaigns the reapers look at, and when next; a finished one is not here'`,
    );
    await runner.query(`CREATE INDEX campaign_upkeep_next ON campaign_upkeep (next_look_at)`);
    await runner.query(`INSERT INTO campaign_upkeep (campaign_id) SELECT id FROM campaigns`);
    await runner.query(`
      CREATE FUNCTION campaigns_need_a_look() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        campaign TEXT;
      BEGIN
        IF TG_TABLE_NAME = 'campaigns' THEN campaign := NEW.id; ELSE campaign := NEW.campaign_id; END IF;
        INSERT INTO campaign_upkeep (campaign_id) VALUES (campaign)
        ON CONFLICT (campaign_id) DO UPDATE SET next_look_at = now();
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER campaigns_need_a_look AFTER INSERT OR UPDATE OF revision ON campaigns
        FOR EACH ROW EXECUTE FUNCTION campaigns_need_a_look()`);
    await runner.query(`
      CREATE TRIGGER payouts_reversed_need_a_look AFTER UPDATE OF state ON payouts
        FOR EACH ROW WHEN (NEW.state = 'REVERSED') EXECUTE FUNCTION campaigns_need_a_look()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER payouts_reversed_need_a_look ON payouts`);
    await runner.query(`DROP TRIGGER campaigns_need_a_look ON campaigns`);
    await runner.query(`DROP FUNCTION campaigns_need_a_look()`);
    await runner.query(`DROP TABLE campaign_upkeep`);
    await runner.query(`DROP INDEX campaigns_to_close`);
    await runner.query(`DROP INDEX waiting_entries_open`);
    await runner.query(`DROP INDEX user_grants_to_begin`);
    await runner.query(`
      CREATE INDEX user_grants_pending ON user_grants (campaign_id, updated_at) WHERE status = 'PENDING'`);
    await runner.query(`DROP TRIGGER payouts_begin_grants ON payouts`);
    await runner.query(`DROP FUNCTION payouts_begin_grants()`);
    await runner.query(`ALTER TABLE user_grants DROP COLUMN begun_at`);
  }
}
