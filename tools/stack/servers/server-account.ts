import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StackError } from '../stack-error.js';

/** The user for a server that refuses to run as root. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

const run = promisify(execFile);

async function lookUp(name: string): Promise<ServerAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/**
 * The account for PostgreSQL: undefined if we are not root (it then runs as the same user), else the owner of an
 * existing cluster, else an unprivileged user of this system.
 */
export async function postgresAccount(cluster: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(cluster).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const account = await lookUp(name);
    if (account && account.uid !== 0) return account;
  }
  throw new StackError(
    'PostgreSQL refuses to run as root, and this system has neither a user "postgres" nor "nobody": ' +
      'run this as another user, or set DATABASE_URL to a server of yours.',
  );
}
