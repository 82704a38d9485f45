import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Campaigns, grants and places in the line: the last enforcement of P1, P2 and P3. */
export class CreateCampaignsAndGrants1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE campaigns (
        id               TEXT        NOT NULL CONSTRAINT campaigns_pk PRIMARY KEY,
        name             TEXT        NOT NULL,
        capacity         INT         NOT NULL,
        waiting_capacity INT         NOT NULL,
        amount           BIGINT      NOT NULL,
        currency         TEXT        NOT NULL,
        opens_at         TIMESTAMPTZ,
        closes_at        TIMESTAMPTZ,
        state            TEXT        NOT NULL DEFAULT 'OPEN',
        epoch            BIGINT      NOT NULL DEFAULT 0,
        revision         BIGINT      NOT NULL DEFAULT 1,
        created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT campaigns_id_is_a_slug CHECK (id ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
        CONSTRAINT campaigns_capacity_range CHECK (capacity BETWEEN 1 AND 10000000),
        CONSTRAINT campaigns_waiting_capacity_range CHECK (waiting_capacity BETWEEN 0 AND 10000000),
        CONSTRAINT campaigns_amount_range CHECK (amount BETWEEN 1 AND 1000000000),
        CONSTRAINT campaigns_currency_is_iso_4217 CHECK (currency ~ '^[A-Z]{3}$'),
        CONSTRAINT campaigns_opens_before_it_closes CHECK (closes_at > opens_at),
        CONSTRAINT campaigns_state_known CHECK (state IN ('OPEN', 'PAUSED', 'CLOSED'))
      )`);
    await runner.query(`
      COMMENT ON COLUMN campaigns.epoch IS 'counts the rebuilds of the gate; writes that carry another one are refused';
      COMMENT ON COLUMN campaigns.revision IS 'counts what operators changed, so that the gate can tell the newest';
      COMMENT ON COLUMN campaigns.amount IS 'in minor units of the currency'`);

    await runner.query(`
      CREATE TABLE user_grants (
        campaign_id TEXT        NOT NULL,
        user_id     BIGINT      NOT NULL,
        grant_seq   INT         NOT NULL,
        arrival_no  BIGINT      NOT NULL,
        status      TEXT        NOT NULL DEFAULT 'PENDING',
        created_at  TIMESTAMPTZ NOT NULL,
        updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT user_grants_pk PRIMARY KEY (campaign_id, user_id),
        CONSTRAINT user_grants_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
        CONSTRAINT user_grants_arrival_no_unique UNIQUE (campaign_id, arrival_no),
        CONSTRAINT user_grants_user_id_range CHECK (user_id >= 1),
        CONSTRAINT user_grants_grant_seq_range CHECK (grant_seq >= 1),
        CONSTRAINT user_grants_arrival_no_range CHECK (arrival_no >= 1),
        CONSTRAINT user_grants_status_known CHECK (status IN ('PENDING', 'SUCCESS', 'FAILED'))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX user_grants_live_slot_unique ON user_grants (campaign_id, grant_seq) WHERE status <> 'FAILED'`);
    await runner.query(`
      CREATE INDEX user_grants_pending ON user_grants (campaign_id, updated_at) WHERE status = 'PENDING'`);

    // P1: slots are 1..capacity. A CHECK cannot see another table, so a trigger checks it once per statement.
    await runner.query(`
      CREATE FUNCTION user_grants_within_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM added JOIN campaigns ON campaigns.id = added.campaign_id
                    WHERE added.grant_seq > campaigns.capacity) THEN
          RAISE EXCEPTION 'a grant_seq lies beyond the capacity of its campaign'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'user_grants_within_capacity';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER user_grants_within_capacity AFTER INSERT ON user_grants
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION user_grants_within_capacity()`);

    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% of % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
      END $$`);
    await runner.query(`
      CREATE TRIGGER user_grants_status_is_final BEFORE UPDATE OF status ON user_grants
        FOR EACH ROW WHEN (OLD.status <> 'PENDING') EXECUTE FUNCTION refuse_change('SUCCESS and FAILED are final');
      CREATE TRIGGER user_grants_place_is_fixed BEFORE UPDATE OF campaign_id, user_id, grant_seq, arrival_no, created_at
        ON user_grants FOR EACH ROW EXECUTE FUNCTION refuse_change('a place in the order never changes');
      CREATE TRIGGER campaigns_terms_are_fixed BEFORE UPDATE OF id, capacity, amount, currency
        ON campaigns FOR EACH ROW EXECUTE FUNCTION refuse_change('what was promised can''t be changed')`);

    await runner.query(`
      CREATE TABLE waiting_entries (
        campaign_id TEXT        NOT NULL,
        user_id     BIGINT      NOT NULL,
        arrival_no  BIGINT      NOT NULL,
        created_at  TIMESTAMPTZ NOT NULL,
        promoted_at TIMESTAMPTZ,
        ended_at    TIMESTAMPTZ,
        CONSTRAINT waiting_entries_pk PRIMARY KEY (campaign_id, user_id),
        CONSTRAINT waiting_entries_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
        CONSTRAINT waiting_entries_arrival_no_unique UNIQUE (campaign_id, arrival_no),
        CONSTRAINT waiting_entries_user_id_range CHECK (user_id >= 1),
        CONSTRAINT waiting_entries_arrival_no_range CHECK (arrival_no >= 1),
        CONSTRAINT waiting_entries_one_end CHECK (promoted_at IS NULL OR ended_at IS NULL)
      )`);

    // R8, stated once: a waiting entry counts only while its user has no grant. OFFSET 0 makes Postgres look up each
    // user by key. Without it, a campaign that is younger than the statistics looks empty to the planner, which then
    // plans a join that compares every entry with every grant.
    await runner.query(`
      CREATE VIEW waiting_line AS
      SELECT campaign_id, user_id, arrival_no, created_at, ended_at FROM waiting_entries entry
       WHERE NOT EXISTS (SELECT FROM user_grants taken
                          WHERE taken.campaign_id = entry.campaign_id AND taken.user_id = entry.user_id OFFSET 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP VIEW waiting_line`);
    await runner.query(`DROP TABLE waiting_entries`);
    await runner.query(`DROP TABLE user_grants`);
    await runner.query(`DROP TABLE campaigns`);
    await runner.query(`DROP FUNCTION user_grants_within_capacity()`);
    await runner.query(`DROP FUNCTION refuse_change()`);
  }
}
