import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { ServerAccount } from './server-account.js';
import { StackError } from '../stack-error.js';

const run = promisify(execFile);

/** Folders that are empty in a copy: their content belongs to the running server, or comes by streaming or archive. */
const EMPTY = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal', 'postgresql.auto.conf']);

/**
 * The running server to copy: the URL of its maintenance database as the superuser, and its data folder on this
 * machine.
 */
export interface CopiedServer {
  url: string;
  cluster: string;
}

/**
 * Copies the data folder of a running server. The packaged PostgreSQL lacks pg_basebackup, so this does the same.
 * @param before SQL to run before the copy begins
 * @param files further files of the copy: name -> content
 * @throws StackError, and leaves nothing, if it can't be copied
 */
export async function copyCluster(
  of: CopiedServer,
  folder: string,
  account: ServerAccount | undefined,
  { before = [], files = {} }: { before?: readonly string[]; files?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const client = new Client({ connectionString: of.url });
  client.on('error', () => undefined); // the failing query reports it
  // Made under another name and renamed when complete: an interrupted copy leaves nothing that looks like a cluster.
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await client.connect();
  try {
    for (const sql of before) await client.query(sql);
    await client.query(`SELECT pg_backup_start('seonchak', true)`);
    await copyFiles(of.cluster, partial);
    const { rows } = await client.query<{ labelfile: string }>(`SELECT labelfile FROM pg_backup_stop(false)`);
    await writeFile(join(partial, 'backup_label'), rows[0]?.labelfile ?? '');
    for (const [name, content] of Object.entries(files)) await writeFile(join(partial, name), content);
    if (account) await run('chown', ['-R', `${account.uid}:${account.gid}`, partial]);
    await rename(partial, folder);
  } catch (error) {
    throw new StackError(`The server could not be copied to ${folder}: ${String(error)}`);
  } finally {
    await client.end();
    await rm(partial, { recursive: true, force: true });
  }
}

async function copyFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  for (const name of await readdir(from)) {
    if (LEFT_OUT.has(name)) continue;
    if (EMPTY.has(name)) await mkdir(join(to, name), { mode: 0o700 });
    else await copyLive(join(from, name), to);
  }
}

/** Recovery does not need a file that is deleted during the copy. */
async function copyLive(path: string, to: string): Promise<void> {
  try {
    await run('cp', ['-Rp', path, to], { env: { ...process.env, LC_ALL: 'C' } });
  } catch (error) {
    const complaints =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n') : [''];
    if (!complaints.every((line) => line.includes('No such file or directory'))) throw error;
  }
}
