import type { Restored } from '../src/transparency/restoring/restore-log.js';
import { restoreLogOfDatabase } from '../src/transparency/restoring/restore-log-of-database.js';
import { RestoreRefused } from '../src/transparency/restoring/restore-refused.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { restoreLogCommand } from './options/restore-log-options.js';
import { developmentLog } from './stack/development-log.js';
import { fromEnvironment, loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

const TO_BE_DONE = 3;

function* report({ had, signed, size, campaigns }: Restored, isDone: boolean): Generator<string> {
  if (size === had) {
    yield `The database has all ${signed} leaves that were signed: there is nothing to do.`;
    return;
  }
  yield `${signed} leaves were signed, and the database had ${had} of them.`;
  for (const { campaignId, from, to, isStopped } of campaigns) {
    const whom = from > to ? 'no number is concerned' : `numbers ${from} to ${to}`;
    yield `${campaignId}: ${whom}, taken back${isStopped ? '; its log ends here' : ''}.`;
  }
  if (campaigns.length === 0) yield 'The database holds all that they say: nothing is taken back.';
  yield isDone
    ? `The log has ${size} leaves now. A worker signs them within seconds.`
    : `Nothing was changed. With --yes the log gets ${size - had} leaves.`;
}

runCommand(restoreLogCommand, async (args) => {
  const { from, yes } = readCommandLine(restoreLogCommand, args).values;
  if (from === undefined) throw new UsageError('Say where a copy of the log is: --from DIR|URL.');
  loadDotEnv();
  const ours = await developmentLog();
  const variable = (name: string): string | undefined => fromEnvironment(name) ?? ours[name];
  const checkpointFile = variable('TRANSPARENCY_CHECKPOINT_FILE');
  const key = variable('TRANSPARENCY_VERIFIER') ?? variable('TRANSPARENCY_KEY');
  if (checkpointFile === undefined || key === undefined)
    throw new UsageError(
      'Set TRANSPARENCY_CHECKPOINT_FILE and TRANSPARENCY_VERIFIER, as the service has them.',
    );
  const { databaseUrl } = await findRunningStack('databaseUrl');
  try {
    const restored = await restoreLogOfDatabase({
      databaseUrl,
      checkpointFile,
      key,
      copy: from,
      isMeant: yes,
    });
    for (const line of report(restored, yes)) console.log(line);
    return yes || restored.size === restored.had ? 0 : TO_BE_DONE;
  } catch (error) {
    if (error instanceof RestoreRefused) throw new UsageError(error.message);
    throw error;
  }
});
