import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The check that a ledger transaction sums to zero looks each transaction up by its key. As a join it read every entry there
 * was, for every payment, for as long as nobody had counted the table's rows.
 */
export class KeepChecksByKey1763800004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger_entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM (SELECT DISTINCT transaction_id FROM added) AS touched
                    WHERE (SELECT sum(amount) FROM ledger_entries
                            WHERE ledger_entries.transaction_id = touched.transaction_id) <> 0) THEN
          RAISE EXCEPTION 'the entries of a ledger transaction must sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
        END IF;
        RETURN NULL;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger_entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM ledger_entries
                    WHERE transaction_id IN (SELECT transaction_id FROM added)
                    GROUP BY transaction_id HAVING sum(amount) <> 0) THEN
          RAISE EXCEPTION 'the entries of a ledger transaction must sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
        END IF;
        RETURN NULL;
      END $$`);
  }
}
