import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who did what as an operator, and the switch that stops payouts (R24). */
export class KeepAdminActs1764100004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key: what was done to a campaign is told after the campaign is gone, too.
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

    // A table of its own, not a column of campaigns: claims hold those rows (R1), and a stop must not wait for a rush.
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
