import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '../project-folders.js';
import type { ServerAccount } from './server-account.js';
import { StackError } from '../stack-error.js';

/** Whether the account may traverse every folder of `path` and read `path` itself. */
export async function isOpenTo(path: string, account: ServerAccount): Promise<boolean> {
  const allows = async (place: string, bit: 0o1 | 0o4) => {
    const { mode, uid, gid } = await stat(place);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    return ((mode >> shift) & bit) !== 0;
  };
  const real = await realpath(path);
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    if (!(await allows(folder, 0o1))) return false;
    if (folder === dirname(folder)) break;
  }
  return allows(real, (await stat(real)).isDirectory() ? 0o1 : 0o4);
}

/** The replacement for a path of this project whose parent folder is closed. Always the same for the same project. */
export function reachablePath(path: string): string {
  const project = createHash('sha256').update(projectRoot).digest('hex').slice(0, 12);
  return join(tmpdir(), `seonchak-${project}`, relative(projectRoot, path).replaceAll('..', '__'));
}

/**
 * Creates the reachable folder for a path of this project and returns it. Every user can write to the temporary folder,
 * so a folder with our name there must be checked for its owner.
 */
export async function makeReachableFolder(path: string, account: ServerAccount): Promise<string> {
  const base = reachablePath(projectRoot);
  await mkdir(base, { recursive: true, mode: 0o711 });
  const found = await lstat(base);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new StackError(`${base} is not a folder of this user: remove it, or set TMPDIR to another folder.`);
  }
  const folder = reachablePath(path);
  await mkdir(folder, { recursive: true });
  for (let place = folder; place !== dirname(base); place = dirname(place)) await chmod(place, 0o711);
  if (!(await isOpenTo(folder, account))) {
    throw new StackError(
      `Under root, PostgreSQL runs as another user, and that user can enter neither ${projectRoot} nor ` +
        `${tmpdir()}: move the project, set TMPDIR to an open folder, or set DATABASE_URL.`,
    );
  }
  return folder;
}
