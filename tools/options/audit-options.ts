import { declareCommand } from '../command-line/command-declaration.js';
import { campaignId } from '../command-line/value-kinds.js';
import { serverVariables } from './found-servers.js';

export const auditCommand = declareCommand({
  name: 'audit',
  about: 'Checks every promise for one campaign against Postgres and Redis. Changes nothing.',
  options: {
    campaign: { kind: campaignId, default: 'default', about: 'which campaign' },
    json: { about: 'prints the report as one line of JSON' },
  },
  environment: {
    ...serverVariables,
    REDIS_KEY_PREFIX: 'the prefix of the keys in Redis, as the service has it',
  },
  examples: [['npm run audit -- --campaign spring-drop', 'audits one campaign']],
  exitCodes: {
    0: 'every promise held',
    1: 'a promise was broken',
    2: 'it could not be checked: the command line is wrong, no such campaign, or no server',
  },
  errorCode: 2,
});
