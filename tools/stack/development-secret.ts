import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder, ensureFolder } from './project-folders.js';

/**
 * A secret for development, generated once and kept in `.data/`.
 * @param name `jwt-secret` signs tokens, `cookie-secret` seals the cookies of logins
 */
export async function developmentSecret(name: 'jwt-secret' | 'cookie-secret'): Promise<string> {
  const file = join(dataFolder, name);
  await ensureFolder(dataFolder);
  try {
    await writeFile(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
