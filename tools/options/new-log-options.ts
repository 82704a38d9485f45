import { declareCommand } from '../command-line/command-declaration.js';
import { databaseVariable } from './found-servers.js';

export const newLogCommand = declareCommand({
  name: 'new-log',
  about:
    'Empties the tables of the log of a fair order, and no others, so that another log can begin: for when no copy is ' +
    'left that restore-log can go on from. Without --yes it says what is there. Stop workers first; the owner of the ' +
    'tables must run it. docs/runbook.md has the steps.',
  options: { yes: { about: 'does it; nobody can undo it' } },
  environment: databaseVariable,
  examples: [
    ['npm run new-log', 'says how long the log is'],
    ['npm run new-log -- --yes', 'ends it'],
  ],
  exitCodes: {
    0: 'the tables are empty',
    1: 'no server, or an unexpected error',
    2: 'the command line is wrong, or a worker writes the log: nothing was changed',
    3: 'without --yes: something is to be done',
  },
});
