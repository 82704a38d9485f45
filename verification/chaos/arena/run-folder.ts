import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder, ensureFolder } from '../../../tools/stack/project-folders.js';
import { isRunningTool } from '../../../tools/stack/stack-owner.js';

const parent = join(dataFolder, 'chaos');
/** Marks what is to be kept for whoever looks into it. */
const keptMark = 'KEPT';

/** Where a run writes its history, its plan and its logs. */
export async function makeRunFolder(provider: string, seed: number): Promise<string> {
  const folder = join(parent, `${provider}-${seed}-${process.pid}`);
  await ensureFolder(folder);
  return folder;
}

export async function keepRunFolder(folder: string): Promise<void> {
  await writeFile(join(folder, keptMark), '');
}

export async function removeRunFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Removes what runs that were killed have left. */
export async function removeAbandonedRunFolders(): Promise<void> {
  for (const name of await readdir(parent).catch((): string[] => [])) {
    const folder = join(parent, name);
    const isKept = (await readdir(folder).catch((): string[] => [])).includes(keptMark);
    if (!isKept && !(await isRunningTool(Number(name.split('-').at(-1))))) await removeRunFolder(folder);
  }
}
