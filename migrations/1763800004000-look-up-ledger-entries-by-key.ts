import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Makes the cost of the sum-zero check independent of the ledger's size (docs/adr/0015), and drops an unused index. */
export class LookUpLedgerEntriesByKey1763800004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The planner cannot turn the sub-query into a join, so the entries of each transaction are looked up by their
    // index, whatever table sizes a connection's cached plan was made for.
    await runner.query(`
      CREATE OR REPLACE FUNCTION ledger_entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM (SELECT DISTINCT transaction_id FROM added) AS touched
                    WHERE (SELECT sum(amount) FROM ledger_entries WHERE transaction_id = touched.transaction_id) <> 0) THEN
          RAISE EXCEPTION 'the entries of a ledger transaction must sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`DROP INDEX ledger_entries_account`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX ledger_entries_account ON ledger_entries (account_id)`);
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
