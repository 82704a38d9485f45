import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For rows that are written hundreds at a time: child, its columns, parent, its columns, the former foreign key. */
const REFERENCES = [
  ['user_grants', ['campaign_id'], 'campaigns', ['id'], 'user_grants_campaign_fk'],
  ['waiting_entries', ['campaign_id'], 'campaigns', ['id'], 'waiting_entries_campaign_fk'],
  ['payouts', ['campaign_id', 'user_id'], 'user_grants', ['campaign_id', 'user_id'], 'payouts_grant_fk'],
  ['ledger_entries', ['transaction_id'], 'ledger_transactions', ['id'], 'ledger_entries_transaction_fk'],
  ['ledger_entries', ['account_id'], 'ledger_accounts', ['id'], 'ledger_entries_account_fk'],
] as const;

/** Tables with parent rows. Rows of `ledger_transactions` cannot be deleted anyway; none of their keys can change. */
const PARENTS = ['campaigns', 'user_grants', 'ledger_accounts'] as const;

/**
 * Checks once per statement that the parents of its rows exist. A foreign key runs a statement of its own for each row
 * and locks the parent: a third of what a payout cost Postgres. Since a parent cannot be deleted at all, a look-up
 * without a lock is sufficient (docs/adr/0018).
 */
export class LookForParentsOnceAStatement1763800005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const parent of PARENTS) {
      await runner.query(`
        CREATE TRIGGER ${parent}_stays BEFORE DELETE OR TRUNCATE ON ${parent}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('others refer to it')`);
    }
    for (const [child, columns, parent, keys, constraint] of REFERENCES) {
      const matches = columns.map((column, i) => `parent.${keys[i]} = added.${column}`).join(' AND ');
      // OFFSET 0: each row's parent is looked up by its key, whatever sizes the planner assumes for the tables.
      await runner.query(`
        CREATE FUNCTION ${constraint}_holds() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM (SELECT DISTINCT ${columns.join(', ')} FROM added) AS added
                      WHERE NOT EXISTS (SELECT FROM ${parent} AS parent WHERE ${matches} OFFSET 0)) THEN
            RAISE EXCEPTION 'a row of ${child} refers to a row that ${parent} does not have'
              USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '${constraint}';
          END IF;
          RETURN NULL;
        END $$`);
      await runner.query(`
        CREATE TRIGGER ${constraint}_holds AFTER INSERT ON ${child}
          REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ${constraint}_holds()`);
      await runner.query(`ALTER TABLE ${child} DROP CONSTRAINT ${constraint}`);
    }
    await runner.query(`
      CREATE TRIGGER payouts_grant_is_fixed BEFORE UPDATE OF campaign_id, user_id ON payouts
        FOR EACH ROW EXECUTE FUNCTION refuse_change('a payout is of one grant');
      CREATE TRIGGER waiting_entries_campaign_is_fixed BEFORE UPDATE OF campaign_id ON waiting_entries
        FOR EACH ROW EXECUTE FUNCTION refuse_change('a place in the order never changes')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER payouts_grant_is_fixed ON payouts`);
    await runner.query(`DROP TRIGGER waiting_entries_campaign_is_fixed ON waiting_entries`);
    for (const [child, columns, parent, keys, constraint] of REFERENCES) {
      await runner.query(`DROP TRIGGER ${constraint}_holds ON ${child}`);
      await runner.query(`DROP FUNCTION ${constraint}_holds()`);
      await runner.query(`
        ALTER TABLE ${child} ADD CONSTRAINT ${constraint}
          FOREIGN KEY (${columns.join(', ')}) REFERENCES ${parent} (${keys.join(', ')})`);
    }
    for (const parent of PARENTS) await runner.query(`DROP TRIGGER ${parent}_stays ON ${parent}`);
  }
}
