import { randomInt } from 'node:crypto';
import { declareCommand } from '../../tools/command-line/command-declaration.js';
import { readCommandLine } from '../../tools/command-line/read-command-line.js';
import { oneOf, wholeNumber } from '../../tools/command-line/value-kinds.js';
import type { Provider } from './plan/fault-kinds.js';

export interface ChaosOptions {
  readonly seed: number;
  /** How long faults happen, at least. Start, recovery and checks come on top. */
  readonly seconds: number;
  readonly provider: Provider;
  readonly json: boolean;
  /** Keep history, plan and logs of a clean run as well. */
  readonly keep: boolean;
}

const largestSeed = 2 ** 31 - 1;

export const chaosCommand = declareCommand({
  name: 'chaos',
  about:
    'The worst day, reproducible: two apis, two workers, PostgreSQL, Redis and a sandbox bank, with a proxy on every ' +
    'connection. Processes are killed and frozen, data and answers get lost, the bank misbehaves. Then everything is ' +
    'repaired, a checker compares what each client was told with the books and the log of the bank, and the verifier ' +
    'reads the public log.',
  options: {
    seed: {
      kind: wholeNumber(0, largestSeed),
      about: 'the same seed plans the same faults (default: random)',
    },
    seconds: {
      kind: wholeNumber(10, 3_600),
      default: '20',
      about: 'how many seconds faults happen, at least; start, recovery and checks come on top',
    },
    provider: { kind: oneOf<Provider>('NAME', ['ledger', 'http']), default: 'http', about: 'what pays' },
    json: { about: 'prints the report as one line of JSON as well' },
    keep: { about: 'keeps history, plan, logs and books of a clean run too' },
  },
  examples: [
    ['npm run chaos -- --seed 7 --seconds 30', 'a day that can be repeated'],
    ['npm run chaos -- --provider ledger', 'another day, paid by the ledger'],
  ],
  exitCodes: {
    0: 'the run is valid, and no promise was broken',
    1: 'a promise was broken, or the run failed',
    2: 'the run proves nothing (a planned fault did not fire), or the command line is wrong',
    130: 'interrupted',
  },
});

/** @throws UsageError if the command line is invalid */
export function readChaosOptions(args: string[]): ChaosOptions {
  const { values } = readCommandLine(chaosCommand, args);
  return { ...values, seed: values.seed ?? randomInt(largestSeed) };
}
