import { join } from 'node:path';
import { MalformedFormat } from '../../src/transparency/formats/malformed-format.js';
import { parseVerifierKey, PLAIN, type VerifierKey } from '../../src/transparency/formats/note-key.js';
import { declareCommand } from '../../tools/command-line/command-declaration.js';
import { readCommandLine } from '../../tools/command-line/read-command-line.js';
import { UsageError } from '../../tools/command-line/usage-error.js';
import { text, wholeNumber } from '../../tools/command-line/value-kinds.js';
import { dataFolder } from '../../tools/stack/project-folders.js';

/** What to do: make a key, or cosign. */
export type WitnessOptions =
  | { readonly folder: string; readonly newKey: string }
  | {
      readonly folder: string;
      readonly newKey: undefined;
      /** 0: any free port. */
      readonly port: number;
      readonly host: string;
      /** At least one. */
      readonly logs: readonly VerifierKey[];
    };

function logKeyOf(given: string): VerifierKey | undefined {
  try {
    const key = parseVerifierKey(given);
    return key.type === PLAIN ? key : undefined;
  } catch (error) {
    if (error instanceof MalformedFormat) return undefined;
    throw error;
  }
}

export const witnessCommand = declareCommand({
  name: 'witness',
  about:
    'Starts a witness: it cosigns checkpoints of logs, and for each log only those that continue the last one, so that ' +
    'nobody can be shown another history. Prints one line of JSON with its URL and key to stdout. docs/witness.md says ' +
    'more.',
  options: {
    log: {
      kind: {
        placeholder: 'VKEY',
        allowed: "a log's verifier key, as its /v1/transparency/key shows it",
        read: logKeyOf,
      },
      isRepeatable: true,
      about: 'a log to cosign',
    },
    folder: {
      kind: text('DIR', 'the path of a folder'),
      about: 'where its key and its memory are (default: .data/witness)',
    },
    'new-key': {
      kind: text('NAME', 'a name such as witness.example.org'),
      about: 'makes a key of that name in the folder, prints its public half, and exits',
    },
    port: {
      kind: wholeNumber(0, 65_535),
      default: '4200',
      about: 'the port to listen on; 0 is any free one',
    },
    host: { kind: text('HOST', 'a name or an IP address'), default: '127.0.0.1', about: 'where to listen' },
  },
  examples: [
    ['npm run -s witness -- --new-key witness.example.org', 'once: makes a key'],
    ['npm run witness -- --log "$(curl -s https://give.example.com/v1/transparency/key)"', 'cosigns one log'],
  ],
  exitCodes: { 0: 'the key was made, or it was stopped by Ctrl-C or SIGTERM', 1: 'it could not start' },
});

/** @throws UsageError if the command line is invalid */
export function readWitnessOptions(args: string[]): WitnessOptions {
  const { values } = readCommandLine(witnessCommand, args);
  const { log: logs, port, host, folder = join(dataFolder, 'witness'), 'new-key': newKey } = values;
  if (newKey !== undefined) return { folder, newKey };
  if (logs.length === 0)
    throw new UsageError(
      'Name the logs to cosign: --log VKEY, once for each. More: npm run witness -- --help',
    );
  return { folder, newKey, port, host, logs };
}
