import { declareCommand, type ValueKind } from '../tools/command-line/command-declaration.js';
import { readCommandLine } from '../tools/command-line/read-command-line.js';
import { UsageError } from '../tools/command-line/usage-error.js';
import { oneOf, someOf, wholeNumber } from '../tools/command-line/value-kinds.js';
import { type ContestantName, contestantNames } from './contestants/contestant.js';
import { type FamilyName, familyNames } from './figures/family-names.js';

export interface BenchOptions {
  readonly families: readonly FamilyName[];
  readonly contestants: readonly ContestantName[];
  readonly rounds: number;
  readonly settings: BenchSettings;
  /** The number of requests for the memory figures, and of people in the largest proof. */
  readonly requests: number;
  /** The number of people with an open claim page. */
  readonly pages: number;
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

const full = { rounds: 3, seconds: 4, capacity: 10_000, requests: 1_000_000, pages: 30_000 };
/** Short enough to run for every change: under 90 s in total. */
const quick = { rounds: 2, seconds: 1, capacity: 1_000, requests: 100_000, pages: 3_000 };
/** Quick runs are compared with the record, so it has their settings, but more rounds. */
const record = { ...quick, rounds: 5 };

const someSeconds: ValueKind<number> = {
  placeholder: 'SECONDS',
  allowed: 'a number from 0.2 to 60, with at most one decimal',
  read: (text) =>
    /^\d{1,2}(\.\d)?$/.test(text) && Number(text) >= 0.2 && Number(text) <= 60 ? Number(text) : undefined,
};

/** A share of at most 0.9: the remaining requests must be first claims. */
const share: ValueKind<number> = {
  placeholder: 'SHARE',
  allowed: 'a share from 0 to 0.9',
  read: (text) => (/^(0|0?\.\d+)$/.test(text) && Number(text) <= 0.9 ? Number(text) : undefined),
};

const byDefault = (name: keyof typeof full): string =>
  `(default: ${full[name]}; with --quick ${quick[name]}, with --record ${record[name]})`;

export const benchCommand = declareCommand({
  name: 'bench',
  about:
    'Measures the service beside four other implementations of the same job, on servers that it starts and removes. ' +
    'docs/benchmark.md says what is measured, and how.',
  arguments: {
    kind: oneOf('FAMILY', familyNames),
    about: 'the families of figures (default: rush)',
    least: 0,
    most: Infinity,
  },
  options: {
    rounds: { kind: wholeNumber(1, 100), about: `rounds of each contestant ${byDefault('rounds')}` },
    seconds: {
      kind: someSeconds,
      about: `how long each phase without a natural end lasts ${byDefault('seconds')}`,
    },
    capacity: { kind: wholeNumber(1, 1_000_000), about: `slots of each campaign ${byDefault('capacity')}` },
    requests: {
      kind: wholeNumber(100, 100_000_000),
      about: `requests for the figures of memory, people in the largest proof of log ${byDefault('requests')}`,
    },
    pages: {
      kind: wholeNumber(1, 1_000_000),
      about: `people who have left the claim page open ${byDefault('pages')}`,
    },
    connections: { kind: wholeNumber(1, 4_000), default: '128', about: 'connections at once' },
    contestants: {
      kind: someOf('NAMES', contestantNames),
      default: contestantNames.join(','),
      about: 'what is measured',
    },
    repeaters: { kind: share, default: '0', about: 'share of claims by users who have already claimed' },
    'bad-tokens': { kind: share, default: '0', about: 'share of claims with an invalid token' },
    json: { about: 'prints all figures as one line of JSON as well' },
    quick: { about: 'a short run that compares its ratios with bench/recorded-ratios.json' },
    record: { about: 'writes that file' },
  },
  examples: [
    ['npm run bench', '3 rounds of all contestants'],
    ['npm run bench -- --quick', 'for a change: no ratio may be worse than recorded'],
    ['npm run bench -- capacity memory', 'other figures, of the service alone'],
    ['npm run bench -- log pages --rounds 9', 'what the log, receipts, cookies and open pages cost'],
    ['npm run bench -- fleet', 'CPU by component, and what one core of each server carries'],
  ],
  exitCodes: { 0: 'it was measured', 1: 'it could not be measured', 130: 'interrupted' },
});

/** @throws UsageError if the command line is invalid */
export function readBenchOptions(args: string[]): BenchOptions {
  const { values, positionals } = readCommandLine(benchCommand, args);
  if (values.quick && values.record) throw new UsageError('Either --quick or --record.');
  const standard = values.record ? record : values.quick ? quick : full;
  const settings: BenchSettings = {
    connections: values.connections,
    seconds: values.seconds ?? standard.seconds,
    capacity: values.capacity ?? standard.capacity,
    repeaters: values.repeaters,
    badTokens: values['bad-tokens'],
  };
  if (settings.repeaters + settings.badTokens > 0.9)
    throw new UsageError('--repeaters and --bad-tokens together take at most 0.9.');
  const { contestants, json, quick: isQuick, record: isRecord } = values;
  return {
    families: positionals.length > 0 ? familyNames.filter((name) => positionals.includes(name)) : ['rush'],
    contestants,
    rounds: values.rounds ?? standard.rounds,
    settings,
    requests: values.requests ?? standard.requests,
    pages: values.pages ?? standard.pages,
    json,
    quick: isQuick,
    record: isRecord,
  };
}
