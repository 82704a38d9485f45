import { parseArgs } from 'node:util';
import { UsageError } from '../tools/command.js';
import { type ContestantName, contestantNames } from './contestants/contestant.js';
import { type FamilyName, familyNames } from './figures/family-names.js';

export interface BenchOptions {
  readonly families: readonly FamilyName[];
  readonly contestants: readonly ContestantName[];
  readonly rounds: number;
  readonly settings: BenchSettings;
  /** The number of requests for the memory figures. */
  readonly requests: number;
  readonly json: boolean;
  /** Compare with the recorded ratios at the end. */
  readonly quick: boolean;
  /** Record the ratios at the end. */
  readonly record: boolean;
}

/** The settings that influence the ratios. Only runs with equal settings are comparable. */
export interface BenchSettings {
  readonly connections: number;
  /** Duration of each phase that has no natural end. */
  readonly seconds: number;
  /** Slots of each campaign. */
  readonly capacity: number;
  /** Share of claims from users who have already claimed. */
  readonly repeaters: number;
  /** Share of claims with an invalid token. */
  readonly badTokens: number;
}

const usage =
  `npm run bench -- [${familyNames.join('|')} …] [--rounds 3] [--connections 128] [--seconds 4] ` +
  '[--capacity 10000] [--requests 1000000] [--contestants ours,framework] [--repeaters 0.3] [--bad-tokens 0.05] ' +
  '[--json] [--quick | --record]';

const full = { rounds: '3', seconds: '4', capacity: '10000', requests: '1000000' };
/** Short enough to run for every change: under 90 s in total. */
const quick = { rounds: '2', seconds: '1', capacity: '1000', requests: '100000' };
/** Quick runs are compared with the record, so it has their settings, but more rounds. */
const record = { ...quick, rounds: '5' };

function wholeNumber(name: string, text: string, least: number, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new UsageError(`--${name} takes a whole number from ${least} to ${most}: ${usage}`);
}

function someSeconds(name: string, text: string): number {
  if (/^\d{1,2}(\.\d)?$/.test(text) && Number(text) >= 0.2 && Number(text) <= 60) return Number(text);
  throw new UsageError(`--${name} takes a number from 0.2 to 60: ${usage}`);
}

/** A share of at most 0.9: the remaining requests must be first claims. */
function share(name: string, text: string): number {
  if (/^(0|0?\.\d+)$/.test(text) && Number(text) <= 0.9) return Number(text);
  throw new UsageError(`--${name} takes a share from 0 to 0.9: ${usage}`);
}

function someOf<Name extends string>(what: string, names: readonly Name[], asked: readonly string[]): Name[] {
  const unknown = asked.find((name) => !(names as readonly string[]).includes(name));
  if (unknown === undefined) return names.filter((name) => asked.includes(name));
  throw new UsageError(`There is no ${what} "${unknown}", only ${names.join(', ')}: ${usage}`);
}

/** @throws UsageError, or an error of parseArgs, if the command line is invalid */
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
