import { declareCommand } from '../../tools/command-line/command-declaration.js';
import { campaignId, file } from '../../tools/command-line/value-kinds.js';
import { serverVariables } from '../../tools/options/found-servers.js';

export const checkCommand = declareCommand({
  name: 'check',
  about:
    'Judges a run that is over by the records that it left: what clients saw, what Postgres and Redis hold, and the ' +
    "provider's own log. Changes nothing. docs/checking-a-run.md has the formats.",
  options: {
    campaign: { kind: campaignId, default: 'default', about: 'which campaign' },
    history: { kind: file, about: 'what the clients saw, as lines of JSON (required)' },
    'bank-log': { kind: file, about: 'the log of the provider, as lines of JSON' },
    faults: { kind: file, about: 'the faults that were planned, as JSON' },
    json: { about: 'prints the verdict as one line of JSON as well' },
  },
  environment: serverVariables,
  examples: [
    ['npm run check -- --campaign spring-drop --history run.jsonl', 'judges by clients and books'],
    [
      'npm run check -- --campaign spring-drop --history run.jsonl --bank-log bank.jsonl --faults faults.json',
      "and by the provider's log",
    ],
  ],
  exitCodes: {
    0: 'the run is valid, and no promise was broken',
    1: 'a promise was broken',
    2: 'the run proves nothing, or it could not be judged: the command line is wrong, a file, or no server',
  },
  errorCode: 2,
});
