import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who signed in can be erased, one person at a time: a DELETE passes if its transaction names the user id of every row
 * that goes. `npm run erase-person` does. Locks `login_users` for a moment; logins wait for it, claims do not.
 */
export class EraseOnePerson1764100043000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER login_users_append_only ON login_users`);
    await runner.query(`
      CREATE TRIGGER login_users_append_only BEFORE UPDATE OR TRUNCATE ON login_users
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);
    await runner.query(`
      CREATE FUNCTION login_users_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM gone
                    WHERE user_id::text IS DISTINCT FROM current_setting('seonchak.erased_user', true)) THEN
          RAISE EXCEPTION 'DELETE of login_users refused: use npm run erase-person'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER login_users_may_go AFTER DELETE ON login_users REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION login_users_may_go()`);
    await runner.query(`
      COMMENT ON TABLE login_users IS
        'the user ids of people who signed in at an OpenID provider that names none (R32); append-only, but that one person can be erased'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER login_users_may_go ON login_users`);
    await runner.query(`DROP FUNCTION login_users_may_go()`);
    await runner.query(`DROP TRIGGER login_users_append_only ON login_users`);
    await runner.query(`
      CREATE TRIGGER login_users_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON login_users
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);
    await runner.query(`
      COMMENT ON TABLE login_users IS
        'the user ids of people who signed in at an OpenID provider that names none (R32); append-only'`);
  }
}
