import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { ServerAccount } from './server-account.js';
import { StackError } from '../stack-error.js';

const run = promisify(execFile);

/** Folders that are empty in a copy: their content belongs to the running server, or is streamed. */
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

/** The application name of a standby, as `synchronous_standby_names` lists it. */
export const standbyName = 'seonchak_standby';

/**
 * The running server to copy: the URL of its maintenance database as the superuser, and its data folder on this
 * machine.
 */
export interface CopiedServer {
  url: string;
  cluster: string;
}

/**
 * Makes the data folder of a streaming standby. The packaged PostgreSQL lacks pg_basebackup, so this does the same. A
 * replication slot keeps the WAL that the standby has not fetched yet.
 */
export async function copyAsStandby(
  of: CopiedServer,
  folder: string,
  account: ServerAccount | undefined,
): Promise<void> {
  const client = new Client({ connectionString: of.url });
  client.on('error', () => undefined); // the failing query reports it
  // Made under another name and renamed when complete: an interrupted copy leaves nothing that looks like a cluster.
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await client.connect();
  try {
    await client.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1`,
      [standbyName],
    );
    await client.query(`SELECT pg_create_physical_replication_slot($1, true)`, [standbyName]);
    await client.query(`SELECT pg_backup_start($1, true)`, [standbyName]);
    await copyFiles(of.cluster, partial);
    const { rows } = await client.query<{ labelfile: string }>(`SELECT labelfile FROM pg_backup_stop(false)`);
    await writeFile(join(partial, 'backup_label'), rows[0]?.labelfile ?? '');
    await writeFile(join(partial, 'standby.signal'), '');
    await writeFile(join(partial, 'postgresql.auto.conf'), following(of.url));
    if (account) await run('chown', ['-R', `${account.uid}:${account.gid}`, partial]);
    await rename(partial, folder);
  } catch (error) {
    throw new StackError(`The standby in ${folder} could not be copied: ${String(error)}`);
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

function following(primaryUrl: string): string {
  const { hostname, port, username, password } = new URL(primaryUrl);
  const link = `host=${hostname} port=${port} user=${username} password=${password} application_name=${standbyName}`;
  return `primary_conninfo = '${link}'\nprimary_slot_name = '${standbyName}'\n`;
}
