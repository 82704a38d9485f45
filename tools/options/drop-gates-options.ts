import { GATE_LAYOUT } from '../../src/grants/slots/gate-layout.js';
import { declareCommand } from '../command-line/command-declaration.js';
import { wholeNumber } from '../command-line/value-kinds.js';
import { serverVariables } from './found-servers.js';

export const dropGatesCommand = declareCommand({
  name: 'drop-gates',
  about:
    'Removes the gates that this release built from Redis, so that an older release, which cannot read them and ' +
    'answers 503, builds its own from Postgres. Nobody loses a place. For going back to a release whose gates have an ' +
    'older layout; run it once no instance of this release runs. Safe to repeat. docs/operations.md has the steps.',
  options: {
    layout: {
      kind: wholeNumber(1, 1_000),
      default: String(GATE_LAYOUT),
      about: 'removes gates of this layout and newer ones, and leaves older ones',
    },
  },
  environment: {
    ...serverVariables,
    REDIS_KEY_PREFIX: 'the prefix of the keys in Redis, as the service has it',
  },
  examples: [['npm run drop-gates', 'after the last instance of this release has ended']],
  exitCodes: {
    0: 'there are no such gates any more',
    1: 'no server, or an unexpected error: repeat it',
    2: 'the command line is wrong, or instances run that would build the gates again: nothing was removed',
  },
});
