import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which campaigns and comparisons are older than a set-back is told by the installation id (R22), not by clocks: the
 * database that is there after a failover may have another. Rows without an id count as older than any set-back, so only
 * an installation that was set back before has rows to write.
 */
export class TellSetBacksByInstallation1764100111000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, writtenAt] of [
      ['campaigns', 'created_at'],
      ['campaign_reconciliations', 'compared_at'],
    ] as const) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN installation_id UUID`);
      await runner.query(`
        UPDATE ${table} SET installation_id = installation.id FROM installation WHERE ${writtenAt} > set_back_at`);
    }
    await runner.query(
      `ALTER TABLE installation ADD COLUMN previous_id UUID, ADD COLUMN first_lost_since TIMESTAMPTZ`,
    );
    await runner.query(`UPDATE installation SET first_lost_since = lost_since WHERE lost_since IS NOT NULL`);
    const comments = [
      `COLUMN installation.previous_id IS 'the id until set_back_at; null for never, or not known'`,
      `COLUMN installation.first_lost_since IS 'the earliest of all lost_since'`,
      `COLUMN campaigns.installation_id IS 'installation.id when it was created; another one now means that the database was set back since'`,
      `COLUMN campaign_reconciliations.installation_id IS 'installation.id at compared_at'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE installation DROP COLUMN previous_id, DROP COLUMN first_lost_since`);
    for (const table of ['campaigns', 'campaign_reconciliations'])
      await runner.query(`ALTER TABLE ${table} DROP COLUMN installation_id`);
  }
}
