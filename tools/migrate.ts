import { revertMigration } from '../src/platform/postgres/migrate.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { runCommand } from './command.js';
import { migrateCommand } from './options/migrate-options.js';
import { loadDotEnv } from './stack/dot-env.js';
import { migrateDatabase } from './stack/database-migration.js';
import { findRunningStack } from './stack/running-stack.js';

runCommand(migrateCommand, async (args) => {
  const { values } = readCommandLine(migrateCommand, args);
  loadDotEnv();
  const { databaseUrl } = await findRunningStack('databaseUrl');
  if (values.down) {
    await revertMigration(databaseUrl);
    console.log('Reverted the latest migration.');
    return 0;
  }
  const names = await migrateDatabase(databaseUrl);
  console.log(names.length > 0 ? `Migrated: ${names.join(', ')}` : 'Nothing to migrate.');
  return 0;
});
