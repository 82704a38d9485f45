import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For the report of people (GET …/grants): each state of a grant has an index in order of arrival, except SUCCESS,
 * which most have, and the earlier holder of a slot is looked up by slot. The new indexes have no entry for a grant
 * that is PENDING or paid. Claims and payouts wait while they are built: some seconds with millions of rows.
 *
 * `taken_back` repeats what the payout says. A trigger writes it, so that an older release on this schema keeps it,
 * too. It leaves `updated_at`, the time of the last change of status: of a paid grant, when it was paid.
 */
export class MarkGrantsTakenBack1764100032000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE user_grants
        ADD COLUMN taken_back TEXT COLLATE "C",
        ADD CONSTRAINT user_grants_taken_back_known CHECK (taken_back IN ('REVERSED', 'REVOKED'))`);
    await runner.query(`
      COMMENT ON COLUMN user_grants.taken_back IS
        'REVOKED or REVERSED where the payout is in that state: nothing was sent, or the money came back; else null'`);
    await runner.query(`
      UPDATE user_grants SET taken_back = payouts.state FROM payouts
       WHERE payouts.campaign_id = user_grants.campaign_id AND payouts.user_id = user_grants.user_id
         AND payouts.state IN ('REVERSED', 'REVOKED')`);
    // Whoever changes the payout has locked its grant before (docs/architecture.md#the-order-of-locks).
    await runner.query(`
      CREATE FUNCTION payouts_take_grants_back() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE user_grants SET taken_back = NEW.state
         WHERE campaign_id = NEW.campaign_id AND user_id = NEW.user_id;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER payouts_take_grants_back AFTER INSERT OR UPDATE OF state ON payouts
        FOR EACH ROW WHEN (NEW.state IN ('REVERSED', 'REVOKED')) EXECUTE FUNCTION payouts_take_grants_back()`);

    await runner.query(`DROP INDEX user_grants_failed`);
    await runner.query(`
      CREATE INDEX user_grants_rejected ON user_grants (campaign_id, arrival_no)
       WHERE status = 'FAILED' AND taken_back IS NULL;
      CREATE INDEX user_grants_taken_back ON user_grants (campaign_id, taken_back, arrival_no)
       WHERE taken_back IS NOT NULL;
      CREATE INDEX user_grants_freed_slots ON user_grants (campaign_id, grant_seq, arrival_no)
       WHERE status = 'FAILED'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX user_grants_freed_slots`);
    await runner.query(`DROP INDEX user_grants_taken_back`);
    await runner.query(`DROP INDEX user_grants_rejected`);
    await runner.query(`
      CREATE INDEX user_grants_failed ON user_grants (campaign_id, arrival_no) WHERE status = 'FAILED'`);
    await runner.query(`DROP TRIGGER payouts_take_grants_back ON payouts`);
    await runner.query(`DROP FUNCTION payouts_take_grants_back()`);
    await runner.query(`ALTER TABLE user_grants DROP COLUMN taken_back`);
  }
}
