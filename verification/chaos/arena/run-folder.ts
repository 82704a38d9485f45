import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder, ensureFolder } from '../../../tools/stack/project-folders.js';
import { isRunningTool } from '../../../tools/stack/stack-owner.js';

const parent = join(dataFolder, 'chaos');
/** Marks a folder to keep for inspection. */
const keptMark = 'KEPT';

/** Creates the folder for a run's history, plan and logs. */
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

/** Removes the folders of killed runs. */
export async function removeAbandonedRunFolders(): Promise<void> {
  for (const name of await readdir(parent).catch((): string[] => [])) {
    const folder = join(parent, name);
    const isKept = (await readdir(folder).catch((): string[] => [])).includes(keptMark);
    if (!isKept && !(await isRunningTool(Number(name.split('-').at(-1))))) await removeRunFolder(folder);
  }
}
