import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../../tools/command.js';
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

const usage =
  'npm run bank -- [--port 4100] [--host 127.0.0.1] [--log FILE] [--webhook-url URL] ' +
  '[--key-memory-ms 86400000] [--seed 1] [--odds JSON]';

function wholeNumber(name: string, text: string, most: number): number {
  if (/^\d{1,15}$/.test(text) && Number(text) <= most) return Number(text);
  throw new UsageError(`--${name} takes a whole number from 0 to ${most}: ${usage}`);
}

function webhookUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(
    `--webhook-url takes an address such as http://127.0.0.1:3000/v1/payout-events: ${usage}`,
  );
}

function oddsOf(text: string): Odds {
  try {
    return readOdds(JSON.parse(text));
  } catch (error) {
    if (error instanceof OddsError) throw new UsageError(`--odds: ${error.message}`);
    throw new UsageError(`--odds takes JSON such as '{"errorAfter":0.1}': ${usage}`);
  }
}

/** @throws UsageError, or an error of parseArgs, if the command line is invalid */
export function readBankOptions(args: string[]): BankOptions {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4100' },
      host: { type: 'string', default: '127.0.0.1' },
      log: { type: 'string', default: join(dataFolder, 'bank.jsonl') },
      'webhook-url': { type: 'string' },
      'key-memory-ms': { type: 'string', default: String(24 * 60 * 60 * 1000) },
      seed: { type: 'string', default: '1' },
      odds: { type: 'string' },
      // Only for the process table: a later start recognises by it the bank that a killed run left.
      'started-by': { type: 'string' },
    },
  });
  return {
    port: wholeNumber('port', values.port, 65_535),
    host: values.host,
    logFile: values.log,
    webhookUrl: values['webhook-url'] === undefined ? undefined : webhookUrl(values['webhook-url']),
    keyMemoryMs: wholeNumber('key-memory-ms', values['key-memory-ms'], Number.MAX_SAFE_INTEGER),
    seed: wholeNumber('seed', values.seed, 2 ** 32 - 1),
    odds: values.odds === undefined ? noFaults : oddsOf(values.odds),
  };
}
