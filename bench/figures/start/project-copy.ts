import { cp, link, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../tools/stack/project-folders.js';

/** Entries that are provided in another way, or do not belong to a prepared project. */
const leftOut = new Set(['node_modules', 'dist', '.cache', '.data', '.git', 'coverage', '.env']);

/**
 * Copies the project, prepared like this one (packages, build, downloads), without data: `npm start` keeps its data in
 * its project folder. Sources are hard links, because a changed modification time would cause a rebuild.
 */
export async function copyProject(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  for (const entry of await readdir(projectRoot, { withFileTypes: true })) {
    if (!leftOut.has(entry.name)) await linkTree(join(projectRoot, entry.name), join(folder, entry.name));
  }
  // Programs locate their project by their real path, so the build cannot be linked.
  await cp(join(projectRoot, 'dist'), join(folder, 'dist'), { recursive: true });
  for (const name of ['node_modules', '.cache']) await symlink(join(projectRoot, name), join(folder, name));
}

async function linkTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return link(from, to);
  await mkdir(to);
  for (const { name } of entries) await linkTree(join(from, name), join(to, name));
}
