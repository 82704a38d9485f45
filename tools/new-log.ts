import { emptyLog } from '../src/transparency/restoring/empty-log.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { newLogCommand } from './options/new-log-options.js';
import { loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

const TO_BE_DONE = 3;

runCommand(newLogCommand, async (args) => {
  const { yes } = readCommandLine(newLogCommand, args).values;
  loadDotEnv();
  const { databaseUrl } = await findRunningStack('databaseUrl');
  const { outcome, size } = await emptyLog(databaseUrl, yes);
  if (outcome === 'being-written') throw new UsageError('A worker writes the log: stop all workers first.');
  if (outcome === 'tried') {
    console.log(`The log has ${size} leaves. With --yes they are deleted from the database.`);
    return TO_BE_DONE;
  }
  console.log(
    `The log of ${size} leaves is over. Give workers new keys (npm run new-log-key) with another origin, and a ` +
      'TRANSPARENCY_CHECKPOINT_FILE that is not there yet, before they start.',
  );
  return 0;
});
