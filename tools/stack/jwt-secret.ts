import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder, ensureFolder } from './project-folders.js';

/** The secret that signs development tokens: generated once, kept in `.data/jwt-secret`. */
export async function developmentJwtSecret(): Promise<string> {
  const file = join(dataFolder, 'jwt-secret');
  await ensureFolder(dataFolder);
  try {
    await writeFile(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
