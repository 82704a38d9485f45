import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { killServersBelow } from './abandoned-servers.js';
import { dataFolder } from '../project-folders.js';
import { reachablePath } from './reachable-folder.js';
import { isRunningTool } from '../stack-owner.js';

/** The data folder of this process's test run. */
export const testFolder = join(dataFolder, `test-${process.pid}`);

/** Stops the servers of a test run, including those that a test left running, and removes its data. */
export async function removeTestFolder(folder: string): Promise<void> {
  for (const place of new Set([folder, reachablePath(folder)])) {
    await killServersBelow(place);
    await rm(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** The same for test runs that were killed, wherever their data is. */
export async function removeAbandonedTestFolders(): Promise<void> {
  const parents = [dataFolder, dirname(reachablePath(testFolder))];
  const listed = await Promise.all(parents.map((parent) => readdir(parent).catch(() => [])));
  for (const name of new Set(listed.flat())) {
    const pid = /^test-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !(await isRunningTool(Number(pid))))
      await removeTestFolder(join(dataFolder, name));
  }
}
