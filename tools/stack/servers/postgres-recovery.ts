import { execFile } from 'node:child_process';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerAccount } from './server-account.js';

const run = promisify(execFile);

/** The settings with which a server keeps its WAL in a folder. */
export function archivingTo(archive: string): Readonly<Record<string, string>> {
  // As PostgreSQL's manual has it: a file that is there already is never overwritten.
  return { archive_mode: 'on', archive_command: `test ! -f '${archive}/%f' && cp '%p' '${archive}/%f'` };
}

/** Makes the folder of the archive, into which the server writes. */
export async function ensureArchive(archive: string, account: ServerAccount | undefined): Promise<void> {
  await mkdir(archive, { recursive: true, mode: 0o700 });
  if (account) await chown(archive, account.uid, account.gid);
}

/**
 * Puts a base backup in the place of a stopped server's data folder. At its next start the server replays the archive
 * up to the restore point of that name, and then takes writes, on a new timeline.
 */
export async function recoverCluster(
  folder: string,
  { backup, archive, restorePoint }: { backup: string; archive: string; restorePoint: string },
  account: ServerAccount | undefined,
): Promise<void> {
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await run('cp', ['-Rp', backup, partial]);
  const settings = [
    `restore_command = 'cp "${archive}/%f" "%p"'`,
    `recovery_target_name = '${restorePoint}'`,
    `recovery_target_action = 'promote'`,
  ];
  await writeFile(join(partial, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
  await writeFile(join(partial, 'recovery.signal'), '');
  if (account) await run('chown', ['-R', `${account.uid}:${account.gid}`, partial]);
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
}
