import { parseArgs } from 'node:util';
import { checkRun } from './checker/check-run.js';
import { printVerdict } from './checker/print-verdict.js';
import { exitCodeOf } from './checker/verdict.js';
import { UsageError } from '../tools/command.js';
import { loadDotEnv } from '../tools/stack/dot-env.js';
import { findRunningStack } from '../tools/stack/running-stack.js';

/** Exit code if the run could not be judged. */
const unusable = 2;

async function check(): Promise<number> {
  const { values } = parseArgs({
    options: {
      campaign: { type: 'string', default: 'default' },
      history: { type: 'string' },
      'bank-log': { type: 'string' },
      faults: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { campaign: campaignId, history, faults, json, 'bank-log': bankLog } = values;
  if (history === undefined)
    throw new UsageError('The history is required: --history FILE.jsonl (docs/checking-a-run.md).');
  loadDotEnv();
  const { databaseUrl, redisUrl } = await findRunningStack('databaseUrl', 'redisUrl');
  const verdict = await checkRun({ campaignId, databaseUrl, redisUrl, history, bankLog, faults });
  printVerdict(verdict);
  if (json) console.log(JSON.stringify(verdict));
  return exitCodeOf(verdict);
}

check().then(
  (code) => process.exit(code),
  (error: unknown) => {
    // An error is not a verdict: exit code 1 is reserved for violations.
    console.error(error instanceof Error ? error.message : error);
    process.exit(unusable);
  },
);
