import { declareCommand } from '../command-line/command-declaration.js';

export const newLogKeyCommand = declareCommand({
  name: 'new-log-key',
  about:
    'Makes the keys of a log of a fair order and prints them, one variable a line. TRANSPARENCY_KEY and ' +
    'TRANSPARENCY_RECEIPT_KEY are secrets: the first is for workers, the second for apis.',
  arguments: {
    kind: {
      placeholder: 'ORIGIN',
      allowed: 'the name of the log, such as give.example.com/seonchak: no spaces, no plus sign',
      read: (given) => (/^[^\s+]+$/u.test(given) ? given : undefined),
    },
    about: 'the name of the log: where it is published, without https://',
    least: 1,
    most: 1,
  },
  options: {},
  environment: {},
  examples: [['npm run -s new-log-key -- give.example.com/seonchak', 'the keys of a log']],
  exitCodes: { 0: 'the keys are printed', 1: 'an unexpected error' },
});
