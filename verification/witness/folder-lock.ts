import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processTable } from '../../tools/stack/process-table.js';
import { StackError } from '../../tools/stack/stack-error.js';

/** Two witnesses with one memory could cosign two histories: a folder belongs to one process of this machine. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const lock = join(folder, 'lock');
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rm(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(lock, 'utf8').catch(() => '0'));
    if (await isWitness(owner)) throw new StackError(`Another witness (process ${owner}) uses ${folder}.`);
    // Renaming is atomic: if two processes find the lock stale, only one of them moves it away.
    const aside = `${lock}.${process.pid}`;
    await rename(lock, aside).catch(() => undefined);
    await rm(aside, { force: true });
  }
}

/** The lock of a killed witness may name an unrelated process by now, and in a container even this one. */
async function isWitness(pid: number): Promise<boolean> {
  if (pid === process.pid) return false;
  const found = (await processTable()).find((entry) => entry.pid === pid);
  return found !== undefined && /\bwitness\b/.test(found.commandLine);
}
