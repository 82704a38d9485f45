import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../project-folders.js';
import { debianProgram } from './debian-program.js';

const run = promisify(execFile);

/** The `go` command, and the environment in which it builds without a network. */
export interface GoToolchain {
  program: string;
  env: NodeJS.ProcessEnv;
}

const debianGo = {
  name: 'Go',
  package: 'golang-go',
  path: 'usr/lib/go/bin/go',
  libraries: [],
  resolve: true, // the package of the version that this Debian has
  instead: 'Install golang-go.',
};

// Notes and tiled logs, as Go's own checksum database uses them.
const debianGoMod = {
  name: 'Go-x-mod',
  package: 'golang-golang-x-mod-dev',
  path: 'usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go',
  libraries: [],
  resolve: false, // sources, which need no other package
  instead: 'Install golang-golang-x-mod-dev.',
};

const installedPackages = '/usr/share/gocode';

/**
 * Finds Go and its package golang.org/x/mod: installed ones, or Debian's. Throws a StackError that says what to do if
 * neither can be had.
 */
export async function findGoToolchain(log: (line: string) => void): Promise<GoToolchain> {
  const { program, root } = await findGo(log);
  const env = {
    ...{ PATH: process.env.PATH, LC_ALL: 'C', ...root },
    // Packages come from GOPATH, as Debian installs them: nothing is looked for in a network.
    ...{ GO111MODULE: 'off', GOFLAGS: '', GOPROXY: 'off', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' },
    ...{ GOPATH: await findPackages(log), GOCACHE: join(cacheFolder, 'go-build') },
  };
  return { program, env };
}

async function findGo(log: (line: string) => void): Promise<{ program: string; root: { GOROOT?: string } }> {
  const isInstalled = await run('go', ['version']).then(
    () => true,
    () => false,
  );
  if (isInstalled) return { program: 'go', root: {} };
  const { program } = await debianProgram(debianGo, log);
  return { program, root: { GOROOT: dirname(dirname(program)) } };
}

async function findPackages(log: (line: string) => void): Promise<string> {
  const isInstalled = await access(join('/', debianGoMod.path)).then(
    () => true,
    () => false,
  );
  if (isInstalled) return installedPackages;
  const { program } = await debianProgram(debianGoMod, log);
  return program.slice(0, program.indexOf('/src/golang.org/'));
}
