import { databaseHosts } from '../../src/platform/config/database-hosts.js';
import { ConfigurationError } from '../../src/platform/config/configuration-error.js';
import { runMigrations } from '../../src/platform/postgres/migrate.js';
import { StackError } from './stack-error.js';

/** Runs the migrations and returns the names of the new ones. Throws a StackError on failure. */
export async function migrateDatabase(databaseUrl: string): Promise<string[]> {
  try {
    return await runMigrations(databaseUrl);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new StackError(`${error.message}.`);
    const hosts = databaseHosts(databaseUrl).map((url) => new URL(url).host);
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackError(`The database at ${hosts.join(', ')} could not be migrated: ${reason}.`);
  }
}
