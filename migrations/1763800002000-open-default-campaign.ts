import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The reference campaign: 10 KRW for each of the first 10,000 people, open and funded from the first start. */
export class OpenDefaultCampaign1763800002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency)
      VALUES ('default', '10 KRW for the first 10,000', 10000, 1000, 10, 'KRW')`);
    await runner.query(`
      WITH accounts AS (
        INSERT INTO ledger_accounts (kind, campaign_id, currency, balance)
        VALUES ('TREASURY', NULL, 'KRW', -100000), ('CAMPAIGN', 'default', 'KRW', 100000)
        ON CONFLICT (currency) WHERE kind = 'TREASURY' DO UPDATE SET balance = ledger_accounts.balance + excluded.balance
        RETURNING id, kind
      ), funding AS (
        INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ('fund:default', 'SETTLED') RETURNING id
      )
      INSERT INTO ledger_entries (transaction_id, account_id, amount)
      SELECT funding.id, accounts.id, CASE kind WHEN 'TREASURY' THEN -100000 ELSE 100000 END FROM funding, accounts`);
  }

  /** Works only while nobody has taken part: the ledger is append-only, and a campaign with grants stays. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_append_only`);
    await runner.query(`ALTER TABLE ledger_transactions DISABLE TRIGGER ledger_transactions_append_only`);
    await runner.query(`
      DELETE FROM ledger_entries
       USING ledger_transactions
       WHERE ledger_transactions.id = ledger_entries.transaction_id
         AND ledger_transactions.idempotency_key = 'fund:default'`);
    await runner.query(`DELETE FROM ledger_transactions WHERE idempotency_key = 'fund:default'`);
    await runner.query(`DELETE FROM ledger_accounts WHERE campaign_id = 'default'`);
    await runner.query(
      `UPDATE ledger_accounts SET balance = balance + 100000 WHERE kind = 'TREASURY' AND currency = 'KRW'`,
    );
    await runner.query(`DELETE FROM campaigns WHERE id = 'default'`);
    await runner.query(`ALTER TABLE ledger_entries ENABLE TRIGGER ledger_entries_append_only`);
    await runner.query(`ALTER TABLE ledger_transactions ENABLE TRIGGER ledger_transactions_append_only`);
  }
}
