import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The trail of operators' acts, and the switch that stops payouts (R24). */
export class KeepAdminActs1764100004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key: acts on a campaign are still listed after the campaign is gone.
    await runner.query(`
      CREATE TABLE admin_acts (
        id          BIGINT      GENERATED ALWAYS AS IDENTITY CONSTRAINT admin_acts_pk PRIMARY KEY,
        at          TIMESTAMPTZ NOT NULL DEFAULT now(),
        actor       TEXT        NOT NULL,
        act         TEXT        NOT NULL,
        campaign_id TEXT,
        detail      JSONB       NOT NULL DEFAULT '{}',
        reason      TEXT
      )`);
    await runner.query(`CREATE INDEX admin_acts_of ON admin_acts (campaign_id, id)`);
    await runner.query(`
      CREATE TRIGGER admin_acts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_acts
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);

    // A separate table, not a column of campaigns: claims hold the rows of campaigns (R1), and a stop must not wait for
    // a rush.
    await runner.query(`
      CREATE TABLE payout_stops (
        campaign_id TEXT        NOT NULL CONSTRAINT payout_stops_pk PRIMARY KEY,
        stopped_at  TIMESTAMPTZ NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      COMMENT ON TABLE payout_stops IS 'while a row is here, no payout of the campaign is taken; ''*'' stands for all (R24)'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE payout_stops`);
    await runner.query(`DROP TABLE admin_acts`);
  }
}
