import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A new table for the series of a campaign; takes no lock that anybody waits for. */
export class KeepWhatHappenedInSteps1764100041000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key: each addition would lock the campaign's row, which claims hold (R1). The statement that adds
    // takes campaigns that exist, and their rows are never deleted.
    await runner.query(`
      CREATE TABLE campaign_series (
        campaign_id TEXT COLLATE "C" NOT NULL,
        at          TIMESTAMPTZ      NOT NULL,
        accepted    INT              NOT NULL,
        waitlisted  INT              NOT NULL,
        sold_out    INT              NOT NULL,
        refused     INT              NOT NULL,
        unavailable INT              NOT NULL,
        paid        INT              NOT NULL,
        available   INT,
        processing  INT,
        settled     INT,
        waiting     INT,
        latencies   INT[]            NOT NULL,
        CONSTRAINT campaign_series_pk PRIMARY KEY (campaign_id, at)
      )`);
    await runner.query(`CREATE INDEX campaign_series_by_age ON campaign_series (at)`);
    const comments = [
      `TABLE campaign_series IS 'what happened in a campaign, in steps of 10 s, summed over all instances; nothing rests on it, and it goes by age'`,
      `COLUMN campaign_series.at IS 'the beginning of the step, by the clock of the gate'`,
      `COLUMN campaign_series.available IS 'slots that nobody held, at the gate at the end of the step; null: there was no gate to ask'`,
      `COLUMN campaign_series.latencies IS 'how many claims took how long, by the buckets of latency-buckets.ts'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE campaign_series`);
  }
}
