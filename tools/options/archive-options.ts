import { declareCommand } from '../command-line/command-declaration.js';
import { campaignId, file } from '../command-line/value-kinds.js';
import { databaseVariable } from './found-servers.js';

export const archiveCommand = declareCommand({
  name: 'archive',
  about:
    'Writes a copy of a finished campaign to a file, or checks that such a file is complete. Takes either ' +
    '--campaign and --out, or --verify. docs/retention.md says more.',
  options: {
    campaign: { kind: campaignId, about: 'which campaign to copy' },
    out: { kind: file, about: 'where the copy goes; must not exist yet' },
    remove: { about: 'deletes the rows of the campaign once the copy is verified' },
    verify: { kind: file, about: 'a copy to check' },
  },
  environment: databaseVariable,
  examples: [
    ['npm run archive -- --campaign spring-drop --out spring-drop.jsonl', 'writes a copy; changes nothing'],
    ['npm run archive -- --campaign spring-drop --out spring-drop.jsonl --remove', 'and deletes its rows'],
    ['npm run archive -- --verify spring-drop.jsonl', 'checks a copy'],
  ],
  exitCodes: {
    0: 'the copy is complete',
    1: 'no server, or an unexpected error',
    2: 'the command line is wrong, the campaign is not finished, or the copy is not complete',
  },
});
