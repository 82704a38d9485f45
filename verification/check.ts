import { checkCommand } from './checker/check-options.js';
import { checkRun } from './checker/check-run.js';
import { printVerdict } from './checker/print-verdict.js';
import { exitCodeOf } from './checker/verdict.js';
import { readCommandLine } from '../tools/command-line/read-command-line.js';
import { UsageError } from '../tools/command-line/usage-error.js';
import { runCommand } from '../tools/command.js';
import { loadDotEnv } from '../tools/stack/dot-env.js';
import { findRunningStack } from '../tools/stack/running-stack.js';

runCommand(
  checkCommand,
  async (args) => {
    const { values } = readCommandLine(checkCommand, args);
    const { campaign: campaignId, history, faults, json, 'bank-log': bankLog } = values;
    if (history === undefined)
      throw new UsageError('The history is required: --history FILE. More: npm run check -- --help');
    loadDotEnv();
    const { databaseUrl, redisUrl } = await findRunningStack('databaseUrl', 'redisUrl');
    const verdict = await checkRun({ campaignId, databaseUrl, redisUrl, history, bankLog, faults });
    printVerdict(verdict);
    if (json) console.log(JSON.stringify(verdict));
    return exitCodeOf(verdict);
  },
  (error) => error instanceof Error, // an unreadable file, a silent server
);
