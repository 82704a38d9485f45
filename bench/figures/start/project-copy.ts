import { cp, link, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../tools/stack/project-folders.js';

/** What comes by other ways, or does not belong to a prepared project. */
const leftOut = new Set(['node_modules', 'dist', '.cache', '.data', '.git', 'coverage', '.env']);

/**
 * A copy of the project, prepared like this one (packages, build, what was fetched), without any data: `npm start` keeps its data
 * in the project that it belongs to. Sources are hard links, since a source of another time would be built anew.
 */
export async function copyProject(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  for (const entry of await readdir(projectRoot, { withFileTypes: true })) {
    if (!leftOut.has(entry.name)) await linkTree(join(projectRoot, entry.name), join(folder, entry.name));
  }
  // A program finds its project from where it really lies, so the build can't be linked.
  await cp(join(projectRoot, 'dist'), join(folder, 'dist'), { recursive: true });
  for (const name of ['node_modules', '.cache']) await symlink(join(projectRoot, name), join(folder, name));
}

async function linkTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return link(from, to);
  await mkdir(to);
  for (const { name } of entries) await linkTree(join(from, name), join(to, name));
}
