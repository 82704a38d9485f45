import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { UsageError } from '../../tools/command.js';

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
  /** The same seed gives the same users, closed wallets and order of asking. */
  readonly seed: number;
}

const usage =
  'npm run rush -- [--users 30000] [--closed-wallets 3%] [--duplicates 10%] [--capacity 10000] ' +
  '[--connections 200] [--url http://…] [--seed 1] [--json]';

const largestSeed = 2 ** 32 - 1;

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number from ${least} to ${most}: ${usage}`);
}

/** A number of users, given as `3%` or as a count. */
function share(name: string, text: string, users: number): number {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent === undefined) return wholeNumber(name, text, 0, users);
  if (Number(percent) <= 100) return Math.round((users * Number(percent)) / 100);
  throw new UsageError(`--${name} takes at most 100%: ${usage}`);
}

function serviceOrigin(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text).origin;
  throw new UsageError(`--url takes an address such as http://127.0.0.1:3000: ${usage}`);
}

/** @throws UsageError, or an error of parseArgs, if the command line is invalid */
export function readRushOptions(args: string[]): RushOptions {
  const { values } = parseArgs({
    args,
    options: {
      users: { type: 'string', default: '30000' },
      'closed-wallets': { type: 'string', default: '0' },
      duplicates: { type: 'string', default: '0' },
      capacity: { type: 'string', default: '10000' },
      connections: { type: 'string', default: '200' },
      url: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const users = wholeNumber('users', values.users, 1, 5_000_000);
  return {
    users,
    closedWallets: share('closed-wallets', values['closed-wallets'], users),
    duplicates: share('duplicates', values.duplicates, users),
    capacity: wholeNumber('capacity', values.capacity, 1, 10_000_000),
    connections: wholeNumber('connections', values.connections, 1, 10_000),
    url: values.url === undefined ? undefined : serviceOrigin(values.url),
    json: values.json,
    seed:
      values.seed === undefined ? randomInt(largestSeed) : wholeNumber('seed', values.seed, 0, largestSeed),
  };
}
