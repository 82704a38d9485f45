import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StackError } from './stack-error.js';

/** The tools run from `tools/` (under Jest) and from `dist/tools/`, so the root is looked for upwards. */
function findProjectRoot(): string {
  let folder = realpathSync(__dirname);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The folder that holds package.json. */
export const projectRoot = findProjectRoot();

/** Where the development servers keep their data, and the tools their secrets. */
export const dataFolder = join(projectRoot, '.data');

/** What can be fetched again. */
export const cacheFolder = join(projectRoot, '.cache');

/**
 * Creates a folder of ours, with its parents. Started by root it lets others pass (not list): the servers run
 * as another user then, and root's umask may be strict.
 */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    const firstMade = await mkdir(folder, { recursive: true });
    if (process.getuid?.() !== 0) return;
    const own = [folder];
    for (let made = folder; firstMade && made !== firstMade;) own.push((made = dirname(made)));
    for (const path of own) await chmod(path, 0o711);
  } catch (error) {
    throw new StackError(
      `Cannot write to ${folder}: ${error instanceof Error ? error.message : String(error)}. ` +
        'If it belongs to another user, remove it or run as that user.',
    );
  }
}
