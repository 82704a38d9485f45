import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Two new tables for the last reconciliation of each campaign; takes no lock that anybody waits for. */
export class KeepWhatAReconciliationFound1764100042000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key to campaigns: it would keep a campaign that nobody has claimed from being deleted.
    await runner.query(`
      CREATE TABLE reconciliation_reports (
        campaign_id TEXT COLLATE "C" NOT NULL CONSTRAINT reconciliation_reports_pk PRIMARY KEY,
        compared_at TIMESTAMPTZ      NOT NULL,
        applied     INT              NOT NULL,
        remaining   INT              NOT NULL,
        undecided   INT              NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE reconciliation_differences (
        campaign_id     TEXT COLLATE "C"   NOT NULL
          CONSTRAINT reconciliation_differences_report_fk REFERENCES reconciliation_reports ON DELETE CASCADE,
        idempotency_key TEXT COLLATE "C"   NOT NULL,
        kind            TEXT COLLATE "C"   NOT NULL,
        ours            TEXT COLLATE "C",
        theirs          TEXT[] COLLATE "C" NOT NULL,
        applied         BOOLEAN            NOT NULL,
        CONSTRAINT reconciliation_differences_pk PRIMARY KEY (campaign_id, idempotency_key)
      )`);
    const comments = [
      `TABLE reconciliation_reports IS 'what the last reconciliation of a campaign found; nothing rests on it, and the next one replaces it'`,
      `COLUMN reconciliation_reports.compared_at IS 'as of when our side was read'`,
      `COLUMN reconciliation_reports.remaining IS 'differences that were not applied, whether or not they are in reconciliation_differences'`,
      `COLUMN reconciliation_reports.undecided IS 'keys in doubt here or pending there, on which the sides do not differ yet'`,
      `TABLE reconciliation_differences IS 'the first differences of that reconciliation, by key'`,
      `COLUMN reconciliation_differences.ours IS 'the state of our payout; null: there was none'`,
      `COLUMN reconciliation_differences.theirs IS 'each transfer under the key as id and state'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE reconciliation_differences`);
    await runner.query(`DROP TABLE reconciliation_reports`);
  }
}
