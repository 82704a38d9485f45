import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { UsageError } from '../../tools/command.js';
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

const usage = 'npm run chaos -- [--seed 1] [--seconds 20] [--provider ledger|http] [--json] [--keep]';
const largestSeed = 2 ** 31 - 1;
const fewestSeconds = 10;
const mostSeconds = 3_600;

function wholeNumber(name: string, text: string, least: number, most: number): number {
  if (/^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new UsageError(`--${name} takes a whole number from ${least} to ${most}: ${usage}`);
}

/** @throws UsageError, or an error of parseArgs, if the command line is invalid */
export function readChaosOptions(args: string[]): ChaosOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      seconds: { type: 'string', default: '20' },
      provider: { type: 'string', default: 'http' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const { seed, seconds, provider, json, keep } = values;
  if (provider !== 'ledger' && provider !== 'http')
    throw new UsageError(`--provider takes ledger or http: ${usage}`);
  return {
    seed: seed === undefined ? randomInt(largestSeed) : wholeNumber('seed', seed, 0, largestSeed),
    seconds: wholeNumber('seconds', seconds, fewestSeconds, mostSeconds),
    provider,
    json,
    keep,
  };
}
