import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinary } from './postgres-binary.js';
import type { ServerAccount } from './server-account.js';
import { StackError } from '../stack-error.js';

/**
 * The environment of PostgreSQL's programs. Without a locale the server stops on macOS ("became multithreaded during
 * startup"); with the user's locale its messages could be in any language.
 */
export const postgresEnvironment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

async function majorVersionOf(folder: string): Promise<number | undefined> {
  const version = await readFile(`${folder}/PG_VERSION`, 'utf8').catch(() => undefined);
  return version === undefined ? undefined : Number.parseInt(version, 10);
}

/** Runs initdb unless the folder already holds a cluster. Refuses a cluster of another major version. */
export async function ensureCluster(
  folder: string,
  binary: PostgresBinary,
  account: ServerAccount | undefined,
  options: { password: string; durable: boolean },
): Promise<void> {
  const found = await majorVersionOf(folder);
  if (found === binary.majorVersion) return;
  if (found !== undefined) {
    throw new StackError(
      `${folder} was written by PostgreSQL ${found}, but this is PostgreSQL ${binary.majorVersion}: ` +
        'dump it with the old version, or remove the folder if its data is not needed.',
    );
  }
  // Made under another name and renamed when complete: an interrupted initdb leaves nothing that looks like a cluster.
  const partial = `${folder}.partial`;
  const passwordFile = `${folder}.password`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  try {
    if (account) {
      await chown(partial, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const sync = options.durable ? [] : ['--no-sync'];
    await promisify(execFile)(binary.initdb, ['-D', partial, ...locale, ...access, ...sync], {
      ...account,
      env: postgresEnvironment,
      cwd: dirname(folder),
    });
    await rename(partial, folder);
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new StackError(`PostgreSQL's initdb failed in ${folder}: ${reason}`);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(partial, { recursive: true, force: true });
  }
}
