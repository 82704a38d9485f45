import { declareCommand } from '../../tools/command-line/command-declaration.js';
import { campaignId, file, text } from '../../tools/command-line/value-kinds.js';

export const verifyCommand = declareCommand({
  name: 'verify',
  about:
    'Checks a proof of a campaign, or a whole log, without trusting its operator: signatures, the tree, and every rule of ' +
    'the order. A file is checked without a network. docs/verifying.md says what a check shows.',
  arguments: {
    kind: text('FILE|URL', 'a proof (file, "-" for standard input, or URL), or a log (folder or URL)'),
    about: 'a proof (file, "-" for standard input, or URL), or a log (folder or URL)',
    least: 1,
    most: 1,
  },
  options: {
    campaign: { kind: campaignId, about: 'which campaign of a log; all unless given' },
    receipt: {
      kind: file,
      about:
        'a receipt to look for: a promise, a proof of inclusion, a note of "sold out", or your place on the list of who may claim',
    },
    eligible: {
      kind: file,
      about: 'the list of who may claim, by commitments: everybody who claimed must be on it',
    },
    key: {
      kind: text('VKEY', "the log's verifier key"),
      about: "the log's verifier key, from elsewhere than the log",
    },
    policy: {
      kind: file,
      about: 'which witnesses must have cosigned (C2SP tlog-policy); else what the log says',
    },
    also: { kind: file, about: 'a checkpoint that somebody else was shown: the two must be one history' },
    'stamped-by': {
      kind: file,
      about: 'certificates (PEM) of time-stamping authorities, of whom one must have stamped the log',
    },
    json: { about: 'prints the verdict as one line of JSON instead' },
  },
  examples: [
    ['npm run verify -- ten-won.proof', 'checks a saved proof'],
    [
      'npm run verify -- https://give.example.com/v1/campaigns/ten-won/proof --receipt mine.txt',
      'checks a proof and that a receipt is in it',
    ],
    ['npm run verify -- https://give.example.com/v1/transparency --campaign ten-won', 'reads the whole log'],
  ],
  exitCodes: {
    0: 'proven, or proven so far if the campaign still runs',
    1: 'a rule is broken, or a receipt shows a broken promise',
    2: 'it could not be judged: the command line is wrong, or a file is no proof',
    3: 'not proven: not signed, too few witnesses, the log of the campaign was stopped, or a receipt shows nothing',
    4: 'as 0, but the receipt is of another campaign, and was not looked for',
  },
  errorCode: 2,
});
