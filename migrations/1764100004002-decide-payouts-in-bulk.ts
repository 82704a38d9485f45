import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Decisions on many payouts at once, approved by a second person. */
export class DecidePayoutsInBulk1764100004002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The last enforcement of four eyes: nobody approves their own proposal, and one person alone sends nothing again.
    await runner.query(`
      CREATE TABLE payout_decisions (
        id          BIGINT      GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_decisions_pk PRIMARY KEY,
        campaign_id TEXT        NOT NULL,
        decision    TEXT        NOT NULL,
        reason      TEXT        NOT NULL,
        proposed_by TEXT        NOT NULL,
        proposed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        approved_by TEXT,
        applied_at  TIMESTAMPTZ,
        applied     INT,
        CONSTRAINT payout_decisions_decision_known CHECK (decision IN ('RESEND', 'SETTLED', 'REJECTED')),
        CONSTRAINT payout_decisions_four_eyes CHECK (approved_by <> proposed_by),
        CONSTRAINT payout_decisions_resend_is_approved
          CHECK (decision <> 'RESEND' OR applied_at IS NULL OR approved_by IS NOT NULL),
        CONSTRAINT payout_decisions_applied_whole CHECK ((applied_at IS NULL) = (applied IS NULL))
      )`);
    await runner.query(`
      COMMENT ON COLUMN payout_decisions.approved_by IS 'null as long as nobody has, and for what one person may decide';
      COMMENT ON COLUMN payout_decisions.applied IS 'how many of its payouts were still as they had been when it was proposed'`);
    await runner.query(`CREATE INDEX payout_decisions_of ON payout_decisions (campaign_id, id)`);
    await runner.query(`
      CREATE TABLE payout_decision_items (
        decision_id BIGINT NOT NULL,
        user_id     BIGINT NOT NULL,
        fence       INT    NOT NULL,
        CONSTRAINT payout_decision_items_pk PRIMARY KEY (decision_id, user_id),
        CONSTRAINT payout_decision_items_decision_fk FOREIGN KEY (decision_id) REFERENCES payout_decisions (id)
      )`);
    await runner.query(`
      COMMENT ON COLUMN payout_decision_items.fence IS 'of the payout when it was proposed: with another one it is another matter'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE payout_decision_items`);
    await runner.query(`DROP TABLE payout_decisions`);
  }
}
