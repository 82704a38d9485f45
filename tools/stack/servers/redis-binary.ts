import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { debianProgram } from './debian-program.js';
import { StackError } from '../stack-error.js';

const run = promisify(execFile);
const oldestMajorVersion = 7;
const programs = ['valkey-server', 'redis-server'];
// Folders of package managers that a user's PATH may lack.
const usualFolders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

const debianRedis = {
  name: 'Redis',
  package: 'redis-server',
  path: 'usr/bin/redis-server',
  libraries: ['redis-tools', 'libjemalloc2', 'liblzf1'],
  resolve: true,
  instead:
    'Install redis-server or valkey-server (version 7 or newer), or set REDIS_URL to a server of yours.',
};

/** A Redis or Valkey that runs on this machine, and the environment that it needs. */
export interface RedisBinary {
  program: string;
  env: NodeJS.ProcessEnv;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function majorVersionOf({ program, env }: RedisBinary): Promise<number> {
  const { stdout } = await run(program, ['--version'], { env });
  return Number(/ v=(\d+)/.exec(stdout)?.[1]);
}

/** The first installed server whose version is new enough. */
async function installedRedis(): Promise<RedisBinary | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...usualFolders];
  for (const name of programs) {
    for (const folder of folders) {
      const binary = { program: join(folder, name), env: { PATH: process.env.PATH, LC_ALL: 'C' } };
      if (!(await isExecutable(binary.program))) continue;
      const majorVersion = await majorVersionOf(binary).catch(() => 0);
      if (majorVersion >= oldestMajorVersion) return binary;
    }
  }
  return undefined;
}

async function fetchedRedis(log: (line: string) => void): Promise<RedisBinary> {
  const { program, libraryPath } = await debianProgram(debianRedis, log);
  const binary = { program, env: { PATH: process.env.PATH, LC_ALL: 'C', LD_LIBRARY_PATH: libraryPath } };
  const majorVersion = await majorVersionOf(binary).catch((error: unknown) => {
    throw new StackError(
      `The Redis in .cache/redis does not run here (${String(error)}): install redis-server or set REDIS_URL.`,
    );
  });
  if (majorVersion >= oldestMajorVersion) return binary;
  throw new StackError(
    `Redis 7 or newer is required, but this Debian offers ${majorVersion}: set REDIS_URL to a newer server.`,
  );
}

async function isOnPath(name: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = await Promise.all(folders.map((folder) => isExecutable(join(folder, name))));
  return found.includes(true);
}

/**
 * Finds Redis 7 or newer: installed, or from the machine's package manager. Else throws an error that says what to do.
 */
export async function findRedisBinary(log: (line: string) => void): Promise<RedisBinary> {
  const installed = await installedRedis();
  if (installed) return installed;
  if (process.platform === 'linux' && (await isOnPath('apt-get')) && (await isOnPath('dpkg-deb'))) {
    return fetchedRedis(log);
  }
  if (process.platform === 'darwin' && (await isOnPath('brew'))) {
    log('Installing Redis with Homebrew (it is not installed) …');
    await run('brew', ['install', 'redis'], { env: { ...process.env, HOMEBREW_NO_AUTO_UPDATE: '1' } }).catch(
      (error: unknown) => {
        throw new StackError(`"brew install redis" failed: ${String(error)}`);
      },
    );
    const brewed = await installedRedis();
    if (brewed) return brewed;
  }
  throw new StackError(
    'No Redis 7 (or Valkey) was found: install redis-server or valkey-server, ' +
      'or set REDIS_URL to a server of yours.',
  );
}
