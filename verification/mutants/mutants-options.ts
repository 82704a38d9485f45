import { declareCommand } from '../../tools/command-line/command-declaration.js';
import { text } from '../../tools/command-line/value-kinds.js';

export const mutantsCommand = declareCommand({
  name: 'mutants',
  about:
    'Breaks one promise at a time in a copy of the checkout, and runs the tests that must notice. Takes hours for ' +
    'all. docs/mutants.md says more.',
  options: {
    only: { kind: text('TEXT', 'a part of their names'), about: 'tries only these mutants' },
    list: { about: 'lists the mutants, with what each breaks, and tries none' },
    json: { about: 'prints the verdicts as one line of JSON as well' },
  },
  examples: [
    ['npm run mutants -- --list', 'their names'],
    ['npm run mutants -- --only epoch', 'tries those with "epoch" in their names'],
  ],
  exitCodes: { 0: 'every mutant was killed', 1: 'a mutant survived, or could not be tried' },
});
