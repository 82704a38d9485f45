import { declareCommand } from '../command-line/command-declaration.js';
import { databaseVariable } from './found-servers.js';

export const migrateCommand = declareCommand({
  name: 'migrate',
  about:
    'Brings the schema up to date. May run several times at once: one process does the work. The service itself ' +
    'never migrates.',
  options: { down: { about: 'reverts the latest migration instead' } },
  environment: databaseVariable,
  examples: [
    ['DATABASE_URL=postgres://… npm run migrate', 'before the first instance of a new release starts'],
  ],
  exitCodes: { 0: 'the schema is up to date (or one migration is reverted)', 1: 'it could not be migrated' },
});
