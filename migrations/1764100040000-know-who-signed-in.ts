import type { MigrationInterface, QueryRunner } from 'typeorm';

/** User ids of people whose provider names none, and the sessions of operators. Locks no table that exists. */
export class KnowWhoSignedIn1764100040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Never deleted: without its row, somebody would be a new person to every campaign that their grant was kept in.
    await runner.query(`
      CREATE TABLE login_users (
        issuer     TEXT        COLLATE "C" NOT NULL,
        subject    TEXT        COLLATE "C" NOT NULL,
        user_id    BIGINT      NOT NULL
                   CONSTRAINT login_users_user_id_unique UNIQUE
                   CONSTRAINT login_users_user_id_range CHECK (user_id >= 9000000000000000000),
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT login_users_pk PRIMARY KEY (issuer, subject)
      )`);
    await runner.query(`
      CREATE TRIGGER login_users_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON login_users
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);
    await runner.query(`
      CREATE TABLE operator_sessions (
        token_hash BYTEA       NOT NULL CONSTRAINT operator_sessions_pk PRIMARY KEY,
        issuer     TEXT        COLLATE "C" NOT NULL,
        subject    TEXT        COLLATE "C" NOT NULL,
        name       TEXT        COLLATE "C",
        scopes     TEXT[]      COLLATE "C" NOT NULL,
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        seen_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
        ends_at    TIMESTAMPTZ NOT NULL,
        CONSTRAINT operator_sessions_end_after_beginning CHECK (ends_at > created_at)
      )`);
    await runner.query(`CREATE INDEX operator_sessions_over ON operator_sessions (ends_at)`);

    await runner.query(`
      COMMENT ON TABLE login_users IS
        'the user ids of people who signed in at an OpenID provider that names none (R32); append-only'`);
    await runner.query(`COMMENT ON COLUMN login_users.issuer IS 'the iss of the provider''s ID token'`);
    await runner.query(`
      COMMENT ON COLUMN login_users.subject IS 'the sub of the ID token: one person at that issuer, for ever'`);
    await runner.query(`
      COMMENT ON COLUMN login_users.user_id IS
        'a hash of issuer and subject, from 9000000000000000000 on: issuers of bearer tokens leave these ids alone'`);
    await runner.query(`
      COMMENT ON TABLE operator_sessions IS
        'logins of operators; deleted by a logout, and by a later login once they are over'`);
    await runner.query(`
      COMMENT ON COLUMN operator_sessions.token_hash IS 'SHA-256 of the cookie: whoever reads it can sign in as nobody'`);
    await runner.query(`
      COMMENT ON COLUMN operator_sessions.scopes IS 'what the operator may do, as of the login'`);
    await runner.query(`
      COMMENT ON COLUMN operator_sessions.seen_at IS
        'when the operator last did something, half a minute ago more or less; a session ends some time after it'`);
    await runner.query(`
      COMMENT ON COLUMN operator_sessions.ends_at IS 'when the session ends at the latest'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE operator_sessions`);
    await runner.query(`DROP TABLE login_users`);
  }
}
