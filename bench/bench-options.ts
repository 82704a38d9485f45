import { parseArgs } from 'node:util';
import { UsageError } from '../tools/command.js';
import { type ContestantName, contestantNames } from './contestants/contestant.js';
import { type FamilyName, familyNames } from './figures/family-names.js';

export interface BenchOptions {
  readonly families: readonly FamilyName[];
  readonly contestants: readonly ContestantName[];
  readonly rounds: number;
  readonly settings: BenchSettings;
  /** How many the figures of memory take. */
  readonly requests: number;
  readonly json: boolean;
  /** Compare with the recorded ratios at the end. */
  readonly quick: boolean;
  /** Record the ratios at the end. */
  readonly record: boolean;
}

/** What has an influence on the ratios: only runs with the same can be compared. */
export interface BenchSettings {
  readonly connections: number;
  /** How long each phase lasts that has no end by itself. */
  readonly seconds: number;
  /** Slots of each campaign. */
  readonly capacity: number;
  /** Share of the claims that repeat a user's. */
  readonly repeaters: number;
  /** Share of the claims whose token is not valid. */
  readonly badTokens: number;
}

const usage =
  `npm run bench -- [${familyNames.join('|')} …] [--rounds 3] [--connections 128] [--seconds 4] ` +
  '[--capacity 10000] [--requests 1000000] [--contestants ours,framework] [--repeaters 0.3] [--bad-tokens 0.05] ' +
  '[--json] [--quick | --record]';

const full = { rounds: '3', seconds: '4', capacity: '10000', requests: '1000000' };
/** Short enough for a look at every change: under 90 s in all. */
const quick = { rounds: '2', seconds: '1', capacity: '1000', requests: '100000' };
/** What quick runs are compared with, so it is like them, but for more rounds. */
const record = { ...quick, rounds: '5' };

function wholeNumber(name: string, text: string, least: number, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new UsageError(`--${name} takes a whole number from ${least} to ${most}: ${usage}`);
}

function someSeconds(name: string, text: string): number {
  if (/^\d{1,2}(\.\d)?$/.test(text) && Number(text) >= 0.2 && Number(text) <= 60) return Number(text);
  throw new UsageError(`--${name} takes a number from 0.2 to 60: ${usage}`);
}

/** The rest of the requests have to be somebody's first. */
function share(name: string, text: string): number {
  if (/^(0|0?\.\d+)$/.test(text) && Number(text) <= 0.9) return Number(text);
  throw new UsageError(`--${name} takes a share from 0 to 0.9: ${usage}`);
}

function someOf<Name extends string>(what: string, names: readonly Name[], asked: readonly string[]): Name[] {
  const unknown = asked.find((name) => !(names as readonly string[]).includes(name));
  if (unknown === undefined) return names.filter((name) => asked.includes(name));
  throw new UsageError(`There is no ${what} "${unknown}", only ${names.join(', ')}: ${usage}`);
}

/** @throws UsageError, or parseArgs' own, when the command line can't be followed */
export function readBenchOptions(args: string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      connections: { type: 'string', default: '128' },
      seconds: { type: 'string' },
      capacity: { type: 'string' },
      requests: { type: 'string' },
      contestants: { type: 'string', default: contestantNames.join(',') },
      repeaters: { type: 'string', default: '0' },
      'bad-tokens': { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
  });
  if (values.quick && values.record) throw new UsageError(`Either --quick or --record: ${usage}`);
  const standard = values.record ? record : values.quick ? quick : full;
  const { rounds, seconds, capacity, requests } = { ...standard, ...values };
  const settings: BenchSettings = {
    connections: wholeNumber('connections', values.connections, 1, 4_000),
    seconds: someSeconds('seconds', seconds),
    capacity: wholeNumber('capacity', capacity, 1, 1_000_000),
    repeaters: share('repeaters', values.repeaters),
    badTokens: share('bad-tokens', values['bad-tokens']),
  };
  if (settings.repeaters + settings.badTokens > 0.9)
    throw new UsageError(`--repeaters and --bad-tokens together take at most 0.9: ${usage}`);
  return {
    families: someOf('family of figures', familyNames, positionals.length > 0 ? positionals : ['rush']),
    contestants: someOf('contestant', contestantNames, values.contestants.split(',')),
    rounds: wholeNumber('rounds', rounds, 1, 100),
    settings,
    requests: wholeNumber('requests', requests, 100, 100_000_000),
    json: values.json,
    quick: values.quick,
    record: values.record,
  };
}
