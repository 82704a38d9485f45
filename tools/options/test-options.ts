import { declareCommand } from '../command-line/command-declaration.js';

export const testCommand = declareCommand({
  name: 'test',
  about:
    'Runs the tests on a PostgreSQL and a Redis that it starts and removes. Everything after "--" goes to Jest; ' +
    '"npx jest --help" lists its options.',
  options: {},
  passesOnTo: 'Jest',
  examples: [
    ['npm test', 'all tests'],
    [
      'npm test -- test/integration/p1-cap.test.ts -t "slot"',
      'the tests of one file with "slot" in their name',
    ],
  ],
  exitCodes: { 0: 'all tests passed', 1: 'a test failed, or the servers did not start', 130: 'interrupted' },
});
