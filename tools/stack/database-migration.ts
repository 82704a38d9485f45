import { runMigrations } from '../../src/postgres/migrate.js';
import { StackError } from './stack-error.js';

/** Runs the migrations and returns the names of the new ones; a StackError when that fails. */
export async function migrateDatabase(databaseUrl: string): Promise<string[]> {
  try {
    return await runMigrations(databaseUrl);
  } catch (error) {
    // Node gives an AggregateError without a message when every address of a host refuses.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = (error instanceof Error && error.message) || code || String(error);
    const { host } = new URL(databaseUrl);
    throw new StackError(`The database at ${host} could not be migrated: ${reason}.`);
  }
}
