import type { MigrationInterface, QueryRunner } from 'typeorm';

/** @param unbalanced a SELECT; `added` are the rows of the statement */
async function refuseIfAny(runner: QueryRunner, unbalanced: string): Promise<void> {
  await runner.query(`
      CREATE OR REPLACE FUNCTION ledger_entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (${unbalanced}) THEN
          RAISE EXCEPTION 'the entries of a ledger transaction must sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
        END IF;
        RETURN NULL;
      END $$`);
}

/**
 * Sums what a statement adds, and no longer reads back the entries that it has just written. It refuses the same
 * statements as before, because what stands already sums to zero (docs/adr/0055). Replaces a function, so it waits for
 * no table.
 */
export class SumWhatAStatementAdds1764100090000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await refuseIfAny(runner, 'SELECT FROM added GROUP BY transaction_id HAVING sum(amount) <> 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseIfAny(
      runner,
      `SELECT FROM (SELECT DISTINCT transaction_id FROM added) AS touched
                    WHERE (SELECT sum(amount) FROM ledger_entries WHERE transaction_id = touched.transaction_id) <> 0`,
    );
  }
}
