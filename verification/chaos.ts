import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Arena } from './chaos/arena/arena.js';
import {
  keepRunFolder,
  makeRunFolder,
  removeAbandonedRunFolders,
  removeRunFolder,
} from './chaos/arena/run-folder.js';
import { chaosCommand, readChaosOptions } from './chaos/chaos-options.js';
import { exitCodeOf, printReport } from './chaos/chaos-report.js';
import { ChaosRun } from './chaos/chaos-run.js';
import { planPeople } from './chaos/crowd/people.js';
import { keepBooks } from './chaos/keep-books.js';
import { hashOf, planChaos } from './chaos/plan/chaos-plan.js';
import { runCommand } from '../tools/command.js';
import { StopSignals } from '../tools/stack/stop-signals.js';

const interrupted = 130;

runCommand(chaosCommand, async (args) => {
  const { seed, seconds, provider, json, keep } = readChaosOptions(args);
  const signals = new StopSignals();
  const log = (line: string): void => console.error(line);
  const plan = planChaos(seed, seconds, provider);
  const people = planPeople(plan);
  log(`Seed ${seed}, plan ${hashOf(plan)}. Starting PostgreSQL, Redis, two apis, two workers …`);
  await removeAbandonedRunFolders();
  const folder = await makeRunFolder(provider, seed);
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan, null, 1));
  const rejectUsers = people.filter(({ isUnpayable }) => isUnpayable).map(({ userId }) => userId);
  const arena = new Arena({ provider, seed, folder, rejectUsers, log });
  let isClean = false;
  try {
    const work = arena.start().then(() => new ChaosRun(arena, plan, people, folder, log).run());
    const report = await Promise.race([work, signals.requested]);
    if (!report) {
      work.catch(() => undefined); // it fails because its servers are stopped
      return interrupted;
    }
    isClean = exitCodeOf(report) === 0;
    if (!isClean || keep) await keepBooks(arena.databaseUrl, folder);
    printReport(report);
    if (json) console.log(JSON.stringify(report));
    return exitCodeOf(report);
  } catch (error) {
    // Ctrl-C also reaches the child program that is being waited for, which then fails.
    if (signals.isRequested) return interrupted;
    throw error;
  } finally {
    await arena.stop();
    if (signals.isRequested || (isClean && !keep)) await removeRunFolder(folder);
    else {
      await keepRunFolder(folder);
      log(`History, plan, logs and books are in ${folder}.`);
    }
  }
});
