import { DEFAULT_KEY_PREFIX } from '../src/grants/slots/gate-keys.js';
import { GatesInUse, removeGates } from '../src/grants/slots/gate-removal.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { dropGatesCommand } from './options/drop-gates-options.js';
import { fromEnvironment, loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

runCommand(dropGatesCommand, async (args) => {
  const { layout } = readCommandLine(dropGatesCommand, args).values;
  loadDotEnv();
  const { databaseUrl, redisUrl } = await findRunningStack('databaseUrl', 'redisUrl');
  const keyPrefix = fromEnvironment('REDIS_KEY_PREFIX') ?? DEFAULT_KEY_PREFIX;
  try {
    const { removed, left } = await removeGates({
      ...{ databaseUrl, redisUrl, redisTls: process.env, keyPrefix },
      fromLayout: layout,
    });
    console.log(`Removed: ${removed}. Left, because their layout is older than ${layout}: ${left}.`);
    return 0;
  } catch (error) {
    if (error instanceof GatesInUse) throw new UsageError(error.message);
    throw error;
  }
});
