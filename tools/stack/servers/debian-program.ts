import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../project-folders.js';
import { StackError } from '../stack-error.js';

const run = promisify(execFile);

/** A program that Debian packages. */
export interface DebianProgram {
  /** For messages, e.g. Redis. */
  readonly name: string;
  readonly package: string;
  /** Path in the package, e.g. usr/bin/redis-server. */
  readonly path: string;
  /** Packages it needs besides its own if apt cannot resolve them. If `resolve` is false, only these are added. */
  readonly libraries: readonly string[];
  /** Whether to add the dependencies that apt would install. */
  readonly resolve: boolean;
  /** Packages to add in any case: what it needs to be useful, and apt does not know of. */
  readonly besides?: readonly string[];
  /** What to do if it cannot be fetched, as a sentence. */
  readonly instead: string;
}

/** An unpacked program and the folders of its libraries. */
export interface UnpackedProgram {
  program: string;
  libraryPath: string;
}

/**
 * Downloads a Debian package into a project folder and unpacks it there. Nothing is installed, so root is not needed.
 * Machines whose package lists are missing (slim images) or unreadable use lists downloaded to the same folder.
 */
class DebianPackages {
  private options: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly wanted: DebianProgram,
  ) {}

  async unpack(): Promise<void> {
    const downloads = join(this.folder, 'downloads');
    const unpacked = join(this.folder, 'unpacked');
    await mkdir(downloads, { recursive: true });
    await mkdir(unpacked, { recursive: true });
    if (!(await this.knows(this.wanted.package))) await this.fetchLists();
    await this.apt(['download', ...(await this.missingPackages())], downloads);
    for (const file of await readdir(downloads)) {
      await run('dpkg-deb', ['-x', join(downloads, file), unpacked]);
    }
    await rm(downloads, { recursive: true });
    await rm(join(this.folder, 'apt'), { recursive: true, force: true });
  }

  private async knows(name: string): Promise<boolean> {
    const { stdout } = await run('apt-cache', [...this.options, 'policy', name]).catch(() => ({
      stdout: '',
    }));
    return /Candidate: \d/.test(stdout);
  }

  private async fetchLists(): Promise<void> {
    const apt = join(this.folder, 'apt');
    await mkdir(join(apt, 'lists', 'partial'), { recursive: true });
    await mkdir(join(apt, 'cache', 'archives', 'partial'), { recursive: true });
    this.options = [
      ...['-o', `Dir::State::lists=${join(apt, 'lists')}`],
      ...['-o', `Dir::Cache=${join(apt, 'cache')}`],
      // Under root, apt switches to a user of its own, which may not be allowed to enter this folder.
      ...['-o', 'APT::Sandbox::User=root'],
    ];
    await this.apt(['update'], this.folder);
  }

  /** The packages that apt would install on this machine. */
  private async missingPackages(): Promise<string[]> {
    const { package: name, libraries, resolve, besides = [] } = this.wanted;
    const simulation = ['install', '--simulate', '--no-install-recommends', name, ...besides];
    const { stdout } = resolve
      ? await this.apt(simulation, this.folder).catch(() => ({ stdout: '' }))
      : { stdout: '' };
    const names = [...stdout.matchAll(/^Inst (\S+)/gm)].flatMap(([, found]) => found ?? []);
    return names.length > 0 ? names : [name, ...libraries, ...besides];
  }

  private apt(args: string[], cwd: string): Promise<{ stdout: string }> {
    return run('apt-get', [...this.options, ...args], { cwd, env: { ...process.env, LC_ALL: 'C' } });
  }
}

/** The folders below /usr/lib and /lib that hold the libraries. Their names contain the architecture. */
async function libraryFolders(unpacked: string): Promise<string[]> {
  const folders: string[] = [];
  for (const base of [join(unpacked, 'usr', 'lib'), join(unpacked, 'lib')]) {
    for (const name of await readdir(base).catch(() => [])) {
      if (name.endsWith('-linux-gnu') || name.startsWith('arm-linux-')) folders.push(join(base, name));
    }
  }
  return folders;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** A program from a Debian package: from the project's cache if it is there, else downloaded. */
export async function debianProgram(
  wanted: DebianProgram,
  log: (line: string) => void,
): Promise<UnpackedProgram> {
  const shortName = wanted.name.toLowerCase();
  const folder = join(cacheFolder, shortName);
  const unpacked = join(folder, 'unpacked');
  const program = join(unpacked, wanted.path);
  if (!(await exists(program))) {
    log(`Fetching ${wanted.name} from the Debian packages into .cache/${shortName} (it is not installed) …`);
    // Made under another name and renamed: another run may do the same now, and a killed run leaves no partial folder.
    const partial = `${folder}.${process.pid}`;
    try {
      await new DebianPackages(partial, wanted).unpack();
      if (await exists(program)) await rm(partial, { recursive: true });
      else {
        await rm(folder, { recursive: true, force: true });
        await rename(partial, folder);
      }
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      const reason =
        error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
      throw new StackError(
        `${wanted.name} could not be fetched from the Debian packages: ${reason.split('\n').at(-1)}\n${wanted.instead}`,
      );
    }
  }
  return { program, libraryPath: (await libraryFolders(unpacked)).join(':') };
}
