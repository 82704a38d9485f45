import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './command.js';
import { testCommand } from './options/test-options.js';
import { migrateDatabase } from './stack/database-migration.js';
import { type LocalStack, startLocalStack } from './stack/servers/local-stack.js';
import { projectRoot } from './stack/project-folders.js';
import { StopSignals } from './stack/stop-signals.js';
import { removeAbandonedTestFolders, removeTestFolder, testFolder } from './stack/servers/test-folders.js';

const jestStopDeadlineMs = 5_000;

/**
 * Jest's environment: the servers of this run, with a database that has the schema and that nobody uses, and no
 * variable that points to the user's servers.
 */
function jestEnvironment({ postgres, databaseUrl, redisUrl, dataDir }: LocalStack): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'test',
    TEST_DATABASE_URL: postgres?.urlOf('postgres'),
    TEST_TEMPLATE: new URL(databaseUrl).pathname.slice(1),
    TEST_REDIS_URL: redisUrl,
    TEST_DATA_DIR: dataDir,
  };
  delete env.DATABASE_URL;
  delete env.REDIS_URL;
  return env;
}

async function runJest(args: string[], env: NodeJS.ProcessEnv, signals: StopSignals): Promise<number> {
  const choosesWorkers = args.some((arg) => /^(-i|--runInBand|-w|--maxWorkers)(=|$)|^-w\d/.test(arg));
  const jest = join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const workers = choosesWorkers ? [] : ['--maxWorkers=3'];
  const child = spawn(process.execPath, [jest, '--config', 'jest.config.cjs', ...workers, ...args], {
    cwd: projectRoot,
    env,
    stdio: 'inherit',
  });
  const exited = once(child, 'exit');
  await Promise.race([exited, signals.requested]);
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await Promise.race([exited, signals.hastened, sleep(jestStopDeadlineMs, undefined, { ref: false })]);
    child.kill('SIGKILL');
    await exited;
  }
  return signals.isRequested ? 130 : (child.exitCode ?? 1);
}

runCommand(testCommand, async (args) => {
  const signals = new StopSignals();
  let stack: LocalStack | undefined;
  try {
    await removeAbandonedTestFolders();
    stack = await startLocalStack({
      dataDir: testFolder,
      durable: false,
      log: (line) => console.error(line),
    });
    if (signals.isRequested) return 130;
    await migrateDatabase(stack.databaseUrl); // each test file's database is a copy of it
    if (signals.isRequested) return 130;
    return await runJest(args, jestEnvironment(stack), signals);
  } catch (error) {
    // Ctrl-C also reaches the child program that is being waited for, which then fails.
    if (signals.isRequested) return 130;
    throw error;
  } finally {
    await stack?.stop();
    await removeTestFolder(testFolder);
  }
});
