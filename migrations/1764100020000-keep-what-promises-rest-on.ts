import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows are deleted only with their archived campaign -> the campaign that a row `gone` belongs to. */
const KEPT = {
  payouts: 'gone.campaign_id',
  waiting_entries: 'gone.campaign_id',
  payout_decisions: 'gone.campaign_id',
  payout_decision_items: '(SELECT campaign_id FROM payout_decisions WHERE id = gone.decision_id)',
  campaign_reconciliations: 'gone.campaign_id',
  payouts_known_there: 'gone.campaign_id',
} as const;

/** The service deletes single rows of these, and never all rows. */
const NEVER_EMPTIED = ['campaign_upkeep', 'payout_stops'] as const;

/**
 * Refuses DELETE and TRUNCATE by hand where promises depend on the rows: keys and outcomes of payouts (P2, P7), places
 * in the line (P3, P4), decisions of operators, what only the provider knows (R22), the identity of the database (R15,
 * R16), the reapers' schedule (P8).
 *
 * The triggers run once per DELETE or TRUNCATE, never on INSERT or UPDATE. Each table is locked against writes for a
 * moment.
 */
export class KeepWhatPromisesRestOn1764100020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, campaign] of Object.entries(KEPT)) {
      await runner.query(`
        CREATE FUNCTION ${table}_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          removed text := (SELECT id FROM campaigns
                            WHERE id = current_setting('seonchak.removed_campaign', true) AND archive_sha256 IS NOT NULL);
        BEGIN
          IF EXISTS (SELECT FROM gone WHERE removed IS NULL OR ${campaign} IS DISTINCT FROM removed) THEN
            RAISE EXCEPTION 'DELETE of ${table} refused: promises rest on it' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NULL;
        END $$`);
      await runner.query(`
        CREATE TRIGGER ${table}_may_go AFTER DELETE ON ${table} REFERENCING OLD TABLE AS gone
          FOR EACH STATEMENT EXECUTE FUNCTION ${table}_may_go()`);
      await runner.query(stays(table, 'TRUNCATE'));
    }
    for (const table of NEVER_EMPTIED) await runner.query(stays(table, 'TRUNCATE'));
    await runner.query(stays('installation', 'DELETE OR TRUNCATE'));
    await runner.query(`
      CREATE FUNCTION campaign_upkeep_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM gone JOIN campaigns ON campaigns.id = gone.campaign_id WHERE gate_retired_at IS NULL) THEN
          RAISE EXCEPTION 'DELETE of campaign_upkeep refused: the reapers look after the campaign until its gate is retired'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER campaign_upkeep_may_go AFTER DELETE ON campaign_upkeep REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION campaign_upkeep_may_go()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...Object.keys(KEPT), 'campaign_upkeep']) {
      await runner.query(`DROP TRIGGER ${table}_may_go ON ${table}`);
      await runner.query(`DROP FUNCTION ${table}_may_go()`);
    }
    for (const table of [...Object.keys(KEPT), ...NEVER_EMPTIED, 'installation'])
      await runner.query(`DROP TRIGGER ${table}_stays ON ${table}`);
  }
}

function stays(table: string, what: string): string {
  return `CREATE TRIGGER ${table}_stays BEFORE ${what} ON ${table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('promises rest on it')`;
}
