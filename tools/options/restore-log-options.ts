import { declareCommand } from '../command-line/command-declaration.js';
import { text } from '../command-line/value-kinds.js';
import { databaseVariable } from './found-servers.js';

export const restoreLogCommand = declareCommand({
  name: 'restore-log',
  about:
    'Has the log of a fair order go on after its database was set back: what had been published is put back as the ' +
    'beginning of the log, and what the database does not hold is taken back in public, as broken promises. Without ' +
    '--yes it says what it would do. Stop claims first; docs/runbook.md has the steps.',
  options: {
    from: {
      kind: text('DIR|URL', 'a folder of publish-log, or where a copy of the log is published'),
      about: 'a copy of the log that holds all that was signed',
    },
    yes: { about: 'does it; nobody can undo it' },
  },
  environment: {
    ...databaseVariable,
    TRANSPARENCY_CHECKPOINT_FILE: 'the last checkpoint, as workers keep it (default: that of "npm start")',
    'TRANSPARENCY_VERIFIER, or TRANSPARENCY_KEY': 'the key of the log (default: that of "npm start")',
  },
  examples: [
    ['npm run restore-log -- --from public/log', 'says what would be taken back'],
    ['npm run restore-log -- --from https://log.example.com --yes', 'takes it back'],
  ],
  exitCodes: {
    0: 'the log continues what was signed',
    1: 'no server, or an unexpected error',
    2: 'the command line is wrong, or the copy does not fit: nothing was changed',
    3: 'without --yes: something is to be done',
  },
});
