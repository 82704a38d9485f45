import { declareCommand } from '../command-line/command-declaration.js';
import { campaignId } from '../command-line/value-kinds.js';
import { databaseVariable } from './found-servers.js';

export const forgetCampaignKeyCommand = declareCommand({
  name: 'forget-campaign-key',
  about:
    'Destroys the key that links people to the log of a campaign, for good: the log stays, and nobody without a ' +
    'receipt can show any more who is who. Backups of the database keep the key until they expire. The campaign must ' +
    'have ended in the log.',
  arguments: { kind: campaignId, about: 'the campaign', least: 1, most: 1 },
  options: {},
  environment: databaseVariable,
  examples: [['npm run forget-campaign-key -- spring-drop', 'destroys the key of spring-drop']],
  exitCodes: {
    0: 'the key is destroyed, now or earlier',
    1: 'no server, or an unexpected error',
    2: 'the command line is wrong, or the campaign has not ended in the log',
  },
});
