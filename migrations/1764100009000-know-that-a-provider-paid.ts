import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records whether a provider may know of payouts that this database would lack after a set-back (R22). */
export class KnowThatAProviderPaid1764100009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE installation ADD COLUMN provider_since TIMESTAMPTZ`);
    await runner.query(`
      COMMENT ON COLUMN installation.provider_since IS
        'when a process that pays by a provider first took payouts; null: the ledger has made them all'`);
    await runner.query(`
      UPDATE installation SET provider_since = (SELECT min(first_sent_at) FROM payouts)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE installation DROP COLUMN provider_since`);
  }
}
