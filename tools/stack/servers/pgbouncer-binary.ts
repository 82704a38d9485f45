import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { debianProgram } from './debian-program.js';
import { StackError } from '../stack-error.js';

const run = promisify(execFile);

/** A PgBouncer that runs on this machine, and the environment that it needs. */
export interface PgbouncerBinary {
  program: string;
  env: NodeJS.ProcessEnv;
}

const debianPgbouncer = {
  name: 'PgBouncer',
  package: 'pgbouncer',
  path: 'usr/sbin/pgbouncer',
  libraries: ['libc-ares2', 'libevent-2.1-7'],
  resolve: false, // apt would add Perl and everything else that a full Debian server needs
  instead: 'Install pgbouncer.',
};

const environment = { PATH: process.env.PATH, LC_ALL: 'C' };

async function runs({ program, env }: PgbouncerBinary): Promise<boolean> {
  return run(program, ['--version'], { env }).then(
    () => true,
    () => false,
  );
}

/**
 * Finds an installed PgBouncer, or fetches Debian's. If neither is available, throws a StackError that says what to do.
 */
export async function findPgbouncerBinary(log: (line: string) => void): Promise<PgbouncerBinary> {
  for (const program of ['pgbouncer', '/usr/sbin/pgbouncer', '/opt/homebrew/bin/pgbouncer']) {
    const installed = { program, env: environment };
    if (await runs(installed)) return installed;
  }
  const { program, libraryPath } = await debianProgram(debianPgbouncer, log);
  const fetched = { program, env: { ...environment, LD_LIBRARY_PATH: libraryPath } };
  if (await runs(fetched)) return fetched;
  throw new StackError('The PgBouncer in .cache/pgbouncer does not run here: install pgbouncer.');
}
