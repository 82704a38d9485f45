import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { debianProgram } from './debian-program.js';
import { StackError } from '../stack-error.js';

const run = promisify(execFile);

/** An HAProxy that runs on this machine, and the environment that it needs. */
export interface HaproxyBinary {
  program: string;
  env: NodeJS.ProcessEnv;
}

const debianHaproxy = {
  name: 'HAProxy',
  package: 'haproxy',
  path: 'usr/sbin/haproxy',
  libraries: ['liblua5.3-0', 'libopentracing1', 'libopentracing-c-wrapper0', 'libpcre2-8-0', 'libsystemd0'],
  resolve: true,
  instead: 'Install haproxy.',
};

const environment = { PATH: process.env.PATH, LC_ALL: 'C' };

async function runs({ program, env }: HaproxyBinary): Promise<boolean> {
  return run(program, ['-v'], { env }).then(
    () => true,
    () => false,
  );
}

/** Finds an installed HAProxy, or fetches Debian's. If neither can be had, throws a StackError that says what to do. */
export async function findHaproxyBinary(log: (line: string) => void): Promise<HaproxyBinary> {
  for (const program of ['haproxy', '/usr/sbin/haproxy', '/opt/homebrew/bin/haproxy']) {
    const installed = { program, env: environment };
    if (await runs(installed)) return installed;
  }
  const { program, libraryPath } = await debianProgram(debianHaproxy, log);
  const fetched = { program, env: { ...environment, LD_LIBRARY_PATH: libraryPath } };
  if (await runs(fetched)) return fetched;
  throw new StackError('The HAProxy in .cache/haproxy does not run here: install haproxy.');
}
