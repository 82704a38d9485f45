import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StackError } from '../stack-error.js';
import { debianProgram } from './debian-program.js';

const run = promisify(execFile);

/** Prometheus' tool for checking rules, and the environment that it needs. */
export interface PromtoolBinary {
  program: string;
  env: NodeJS.ProcessEnv;
}

const debianPromtool = {
  name: 'Prometheus',
  package: 'prometheus',
  path: 'usr/bin/promtool',
  libraries: [],
  resolve: false, // apt would add what a server needs; promtool needs nothing
  instead: 'Install promtool, which comes with prometheus.',
};

/**
 * Finds an installed promtool, or fetches Debian's. If neither is available, throws a StackError that says what to do.
 */
export async function findPromtoolBinary(log: (line: string) => void): Promise<PromtoolBinary> {
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  const runs = (program: string): Promise<boolean> =>
    run(program, ['--version'], { env }).then(
      () => true,
      () => false,
    );
  if (await runs('promtool')) return { program: 'promtool', env };
  const { program } = await debianProgram(debianPromtool, log);
  if (await runs(program)) return { program, env };
  throw new StackError(`The promtool in .cache/prometheus does not run here. ${debianPromtool.instead}`);
}
