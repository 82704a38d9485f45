import { join } from 'node:path';
import { declareCommand } from '../../tools/command-line/command-declaration.js';
import { readCommandLine } from '../../tools/command-line/read-command-line.js';
import { UsageError } from '../../tools/command-line/usage-error.js';
import { file, httpUrl, text, wholeNumber } from '../../tools/command-line/value-kinds.js';
import { dataFolder } from '../../tools/stack/project-folders.js';
import { noFaults, type Odds, OddsError, readOdds } from './odds.js';

export interface BankOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  readonly logFile: string;
  readonly webhookUrl: string | undefined;
  /** How long a key is remembered after its first request. */
  readonly keyMemoryMs: number;
  readonly seed: number;
  readonly odds: Odds;
}

/** @throws UsageError that says which of the odds is wrong */
function oddsOf(text: string): Odds | undefined {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  try {
    return readOdds(given);
  } catch (error) {
    if (error instanceof OddsError) throw new UsageError(`--odds: ${error.message}`);
    throw error;
  }
}

export const bankCommand = declareCommand({
  name: 'bank',
  about:
    'Starts a sandbox bank: a payout provider to attach, to test against and to break. Prints one line of JSON with ' +
    'its URL to stdout, and the variables that the service needs to stderr. docs/bank.md says more.',
  options: {
    port: {
      kind: wholeNumber(0, 65_535),
      default: '4100',
      about: 'the port to listen on; 0 is any free one',
    },
    host: { kind: text('HOST', 'a name or an IP address'), default: '127.0.0.1', about: 'where to listen' },
    log: { kind: file, about: 'where it records what it did (default: .data/bank.jsonl)' },
    'webhook-url': {
      kind: httpUrl('http://127.0.0.1:3000/v1/payout-events'),
      about: 'where it sends webhooks (default: it sends none)',
    },
    'key-memory-ms': {
      kind: wholeNumber(0, Number.MAX_SAFE_INTEGER),
      default: String(24 * 60 * 60 * 1000),
      about: 'how long it remembers an idempotency key after its first request, in ms',
    },
    seed: { kind: wholeNumber(0, 2 ** 32 - 1), default: '1', about: 'the same seed plans the same faults' },
    odds: {
      kind: { placeholder: 'JSON', allowed: `JSON such as '{"errorAfter":0.1}'`, read: oddsOf },
      about: 'how often it misbehaves, and how (default: never)',
    },
    // For the process table: a later start recognises by it the bank that a killed run left.
    'started-by': { kind: text('TEXT', 'any text'), about: 'who started it', isInternal: true },
  },
  environment: {
    BANK_SECRET: "the bearer token of callers: the service's PAYOUT_HTTP_SECRET (default: generated once)",
    BANK_WEBHOOK_SECRET: "signs webhooks: the service's PAYOUT_WEBHOOK_SECRET (default: generated once)",
  },
  examples: [
    [
      'npm run bank',
      'in one terminal: the bank. It prints what to start the service with in another terminal',
    ],
    [
      `npm run bank -- --webhook-url http://127.0.0.1:3000/v1/payout-events --odds '{"errorAfter":0.1}'`,
      'sends webhooks, and answers every tenth transfer with an error after it was made',
    ],
  ],
  exitCodes: { 0: 'it was stopped by Ctrl-C or SIGTERM', 1: 'it could not start, or its log failed' },
});

/** @throws UsageError if the command line is invalid */
export function readBankOptions(args: string[]): BankOptions {
  const { values } = readCommandLine(bankCommand, args);
  const { port, host, log, seed, odds } = values;
  return {
    ...{ port, host, seed },
    logFile: log ?? join(dataFolder, 'bank.jsonl'),
    webhookUrl: values['webhook-url']?.href,
    keyMemoryMs: values['key-memory-ms'],
    odds: odds ?? noFaults,
  };
}
