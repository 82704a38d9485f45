import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StackError } from './stack-error.js';

/** The tools run from `tools/` (under Jest) and from `dist/tools/`, so the root is searched for upwards. */
function findProjectRoot(): string {
  let folder = realpathSync(__dirname);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The folder that holds package.json. */
export const projectRoot = findProjectRoot();

/** The development servers' data and the tools' secrets. */
export const dataFolder = join(projectRoot, '.data');

/** Files that can be downloaded again. */
export const cacheFolder = join(projectRoot, '.cache');

/**
 * Creates a project folder and its parents. Under root, other users may pass through it (but not list it): the servers
 * then run as another user, and root's umask may be strict.
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
