import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What `login_users` holds, in the words of R34: people of partners as well as of logins. Locks it for a moment. */
export class SayThatPartnersNamePeople1764100097000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      COMMENT ON TABLE login_users IS
        'the user ids that are made here: of people whose OpenID provider names none (R32), and of all people of partners (R34)'`);
    await runner.query(
      `COMMENT ON COLUMN login_users.issuer IS 'the iss of the ID token, or of a partner''s token'`,
    );
    await runner.query(`
      COMMENT ON COLUMN login_users.subject IS 'the sub of that token: one person at that issuer, for ever'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      COMMENT ON TABLE login_users IS
        'the user ids of people who signed in at an OpenID provider that names none (R32); append-only, but that one person can be erased'`);
    await runner.query(`COMMENT ON COLUMN login_users.issuer IS 'the iss of the provider''s ID token'`);
    await runner.query(`
      COMMENT ON COLUMN login_users.subject IS 'the sub of the ID token: one person at that issuer, for ever'`);
  }
}
