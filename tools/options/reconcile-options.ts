import { declareCommand } from '../command-line/command-declaration.js';
import { campaignId } from '../command-line/value-kinds.js';
import { databaseVariable } from './found-servers.js';

export const reconcileCommand = declareCommand({
  name: 'reconcile',
  about:
    "Compares a campaign's payouts with the provider's statement, both ways. Lists every difference, then the " +
    'totals of both sides. The campaign may go on meanwhile.',
  options: {
    campaign: { kind: campaignId, about: 'which campaign (required)' },
    apply: { about: "records what the payouts' states allow; otherwise nothing changes" },
    json: { about: 'prints one line of JSON per difference, and the report last' },
  },
  environment: {
    ...databaseVariable,
    PAYOUT_HTTP_URL: 'the provider (required, unless the ledger pays the campaign)',
    PAYOUT_HTTP_SECRET: 'the bearer token for the provider (required with it)',
  },
  examples: [
    ['npm run reconcile -- --campaign spring-drop', 'lists the differences'],
    ['npm run reconcile -- --campaign spring-drop --apply', 'and records what can be recorded'],
  ],
  exitCodes: {
    0: 'the two sides agree (or agree now), or there is nothing to compare: neither side has a payout of this campaign by the provider, or the ledger pays it and no provider is set',
    1: 'differences remain',
    2: 'they could not be compared: the command line is wrong, no such campaign, or no server',
    3: 'undecided: no differences, but payouts without an outcome yet (in doubt, held, or pending there): ask again later',
  },
  errorCode: 2,
});
