import { randomInt } from 'node:crypto';
import { declareCommand, type ValueKind } from '../../tools/command-line/command-declaration.js';
import { readCommandLine } from '../../tools/command-line/read-command-line.js';
import { UsageError } from '../../tools/command-line/usage-error.js';
import { httpUrl, wholeNumber } from '../../tools/command-line/value-kinds.js';
import { serverVariables, tokenVariables } from '../../tools/options/found-servers.js';

/** The options of a rush. */
export interface RushOptions {
  /** How many distinct users ask. */
  readonly users: number;
  /** How many of them have a closed wallet. */
  readonly closedWallets: number;
  /** How many of them ask more than once. */
  readonly duplicates: number;
  readonly capacity: number;
  /** How many requests are in flight at once. */
  readonly connections: number;
  /** The URL of a running service, without a trailing slash; undefined to start one. */
  readonly url: string | undefined;
  readonly json: boolean;
  /** Says where to watch, and leaves a service of its own up until Ctrl-C. */
  readonly watch: boolean;
  /** Leaves a service that is not its own as the rush has left it. */
  readonly keep: boolean;
  /** The same seed gives the same users, closed wallets and order of asking. */
  readonly seed: number;
}

const largestSeed = 2 ** 32 - 1;
const mostUsers = 5_000_000;

/** A number of users, given as `3%` or as a count. The result says how many of `users` they are. */
const share: ValueKind<(users: number) => number> = {
  placeholder: 'SHARE',
  allowed: 'a share such as 3%, at most 100%, or a number of people, at most --users',
  read: (text) => {
    const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
    if (percent !== undefined && Number(percent) <= 100)
      return (users) => Math.round((users * Number(percent)) / 100);
    const count = wholeNumber(0, mostUsers).read(text);
    return count === undefined ? undefined : () => count;
  },
};

export const rushCommand = declareCommand({
  name: 'rush',
  about:
    'A load test with an audit: people rush for the slots of a new campaign over HTTP, some wallets reject the ' +
    'money, and every promise is checked at the end. Starts PostgreSQL, Redis, an api and a worker of its own and ' +
    'removes them; or, with --url, rushes a running service, which then needs the variables below.',
  options: {
    users: { kind: wholeNumber(1, mostUsers), default: '30000', about: 'how many people ask' },
    'closed-wallets': { kind: share, default: '0', about: 'how many of them have a closed wallet' },
    duplicates: { kind: share, default: '0', about: 'how many of them ask more than once' },
    capacity: { kind: wholeNumber(1, 10_000_000), default: '10000', about: 'the slots of the campaign' },
    connections: { kind: wholeNumber(1, 10_000), default: '200', about: 'requests in flight at once' },
    url: {
      kind: httpUrl('http://127.0.0.1:3000'),
      about:
        'rushes the service there instead of one of its own; afterwards the campaign is closed, or deleted if nobody ' +
        'has claimed it, and the wallets that were closed for the rush are opened again',
    },
    seed: {
      kind: wholeNumber(0, largestSeed),
      about: 'the same seed gives the same people, closed wallets and order of asking (default: random)',
    },
    watch: {
      about:
        'prints the address of the console, on a terminal waits for Enter, and leaves the service up until Ctrl-C ' +
        '(one of its own; it then has a login for development)',
    },
    keep: { about: 'with --url: undoes nothing, also after an interruption' },
    json: { about: 'prints the report as one line of JSON as well' },
  },
  environment: { ...serverVariables, ...tokenVariables },
  examples: [
    ['npm run rush -- --users 30000 --closed-wallets 3% --duplicates 10%', 'the reference campaign'],
    ['npm run rush -- --url http://127.0.0.1:3000 --users 2000 --capacity 500', 'on a running "npm start"'],
    ['npm run rush -- --watch', 'the same people, watched in a browser'],
    [
      'DATABASE_URL=… REDIS_URL=… JWT_SECRET=… npm run rush -- --url https://staging.example',
      'on a service elsewhere',
    ],
  ],
  exitCodes: {
    0: 'every promise held, and no answer was an error',
    1: 'a promise was broken, answers were errors, or the rush could not be run',
    130: 'interrupted',
  },
});

/** @throws UsageError if the command line is invalid */
export function readRushOptions(args: string[]): RushOptions {
  const { values } = readCommandLine(rushCommand, args);
  const { users, capacity, connections, url, json, watch, keep, seed } = values;
  const options = {
    closedWallets: values['closed-wallets'](users),
    duplicates: values.duplicates(users),
  };
  if (Math.max(options.closedWallets, options.duplicates) > users)
    throw new UsageError(`--closed-wallets and --duplicates take at most --users, which is ${users}.`);
  if (keep && url === undefined)
    throw new UsageError('--keep goes with --url: servers of its own are removed with all that is in them.');
  return {
    ...{ users, ...options, capacity, connections, json, watch, keep },
    url: url?.origin,
    seed: seed ?? randomInt(largestSeed),
  };
}
