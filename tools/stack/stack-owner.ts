import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processTable } from './process-table.js';
import { dataFolder, ensureFolder } from './project-folders.js';

const lockFile = join(dataFolder, 'start.lock');

/**
 * Whether the pid is a running tool of this project. The pid file of a killed run may name an unrelated process, and in
 * a container even this process.
 */
export async function isRunningTool(pid: number): Promise<boolean> {
  if (pid === process.pid) return false;
  const found = (await processTable()).find((entry) => entry.pid === pid);
  return found !== undefined && /run\.mjs|dist\/tools\//.test(found.commandLine);
}

/**
 * Makes this process the owner of the servers in `.data` and returns undefined, or returns the pid of the `npm start`
 * that already owns them.
 */
export async function becomeStackOwner(): Promise<number | undefined> {
  await ensureFolder(dataFolder);
  for (;;) {
    try {
      await writeFile(lockFile, String(process.pid), { flag: 'wx', mode: 0o600 });
      return undefined;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = Number(await readFile(lockFile, 'utf8').catch(() => '0'));
    if (await isRunningTool(owner)) return owner;
    // Renaming is atomic: if two processes find the lock stale, only one of them moves it away.
    const aside = `${lockFile}.${process.pid}`;
    await rename(lockFile, aside).catch(() => undefined);
    await rm(aside, { force: true });
  }
}

/** Undoes `becomeStackOwner`. */
export async function resignAsStackOwner(): Promise<void> {
  await rm(lockFile, { force: true });
}
