import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the provider has done, and a database that was set back may not know (R22). */
export class LookUpAfterASetBack1764100004003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE campaign_reconciliations (
        campaign_id TEXT        NOT NULL CONSTRAINT campaign_reconciliations_pk PRIMARY KEY,
        compared_at TIMESTAMPTZ NOT NULL
      )`);
    await runner.query(`
      COMMENT ON TABLE campaign_reconciliations IS
        'as of when everything that the provider''s statement of a campaign holds was last taken over, or noted in payouts_known_there'`);
    await runner.query(`
      CREATE TABLE payouts_known_there (
        idempotency_key TEXT        NOT NULL CONSTRAINT payouts_known_there_pk PRIMARY KEY,
        campaign_id     TEXT        NOT NULL,
        found_at        TIMESTAMPTZ NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      COMMENT ON TABLE payouts_known_there IS
        'the provider has a transfer under this key, and we knew of no grant that it is for: nothing is sent under it'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE payouts_known_there`);
    await runner.query(`DROP TABLE campaign_reconciliations`);
  }
}
