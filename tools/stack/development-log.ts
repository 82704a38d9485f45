import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NewKeys, makeLogKeys } from '../../src/transparency/log/new-keys.js';
import { fromEnvironment } from './dot-env.js';
import { dataFolder, ensureFolder } from './project-folders.js';

const ORIGIN = 'localhost/seonchak';

/**
 * The variables of a log for development: keys made once and kept in `.data/`, and the last checkpoint beside them.
 * Nothing if the log is configured, or the database is given: what was signed for one does not fit another.
 */
export async function developmentLog(): Promise<NodeJS.ProcessEnv> {
  const given = ['TRANSPARENCY_KEY', 'TRANSPARENCY_VERIFIER', 'DATABASE_URL'] as const;
  if (given.some((name) => fromEnvironment(name) !== undefined)) return {};
  await ensureFolder(dataFolder);
  const file = join(dataFolder, 'log-keys.json');
  try {
    await writeFile(file, JSON.stringify(makeLogKeys(ORIGIN), null, 2), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const keys = JSON.parse(await readFile(file, 'utf8')) as NewKeys;
  return { ...keys, TRANSPARENCY_CHECKPOINT_FILE: join(dataFolder, 'log-checkpoint') };
}
