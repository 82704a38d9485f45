import { isUserId } from '../../src/platform/identity/user-id.js';
import { declareCommand, type ValueKind } from '../command-line/command-declaration.js';
import { text, wholeNumber } from '../command-line/value-kinds.js';
import { tokenVariables } from './found-servers.js';

const timeSpan: ValueKind<string> = {
  placeholder: 'TIME',
  allowed: 'a whole number of s, m, h, d, w or y, such as 30m, 1h or 7d',
  read: (given) => (/^[1-9]\d{0,5}[smhdwy]$/.test(given) ? given : undefined),
};

export const tokenCommand = declareCommand({
  name: 'token',
  about:
    'Mints access tokens for development: one a line, in the order of the users, and nothing else on stdout (with ' +
    'npm run -s). Not in production, and not where tokens come from JWT_JWKS_URL.',
  arguments: {
    kind: {
      placeholder: 'USER',
      allowed: 'a user id, which is a decimal number from 1 to 2^63-1',
      read: (given) => (isUserId(given) ? given : undefined),
    },
    about: 'whom the tokens are for',
    least: 1,
    most: 1_000_000,
  },
  options: {
    count: {
      kind: wholeNumber(1, 1_000_000),
      default: '1',
      about: 'for how many users: the one given, and those that follow by number',
    },
    admin: { about: 'gives the scope grants:admin, which allows everything' },
    scope: { kind: text('TEXT', 'names, separated by spaces'), about: 'gives these scopes' },
    expires: { kind: timeSpan, default: '1h', about: 'how long the token is valid' },
  },
  environment: tokenVariables,
  examples: [
    ['TOKEN=$(npm run -s token -- 42)', 'a token for user 42'],
    ['ADMIN=$(npm run -s token -- 1 --admin)', 'one for an administrator'],
    ['npm run -s token -- 7 --scope "grants:read grants:payouts" --expires 8h', 'one with two scopes'],
    ['npm run -s token -- 1000 --count 500 > tokens.txt', 'tokens for the users 1000 to 1499'],
    ['npm run -s token -- 42 43 99', 'tokens for three users'],
  ],
  exitCodes: { 0: 'the tokens are printed', 1: 'an unexpected error' },
});
