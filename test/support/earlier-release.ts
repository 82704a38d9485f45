import { transform } from '@swc/core';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What counts as the release before this one until there is a tag: the last commit whose gates have layout 3. */
const UNTIL_TAGGED = 'fc91dff0f7c1b38feff3f5aca1f055723e341e2b';

const SOURCES = ['src', 'migrations', 'tools'];

/** The release before this one, built from the history of this checkout with the packages that are installed. */
export class EarlierRelease {
  private constructor(
    /** A folder as `dist` is. */
    readonly build: string,
    readonly commit: string,
  ) {}

  /**
   * @param folder for sources and build; created
   * @throws Error when the history of this checkout ends before that release
   */
  static async build(folder: string): Promise<EarlierRelease> {
    const commit = await releaseBefore();
    await mkdir(folder, { recursive: true });
    const archive = join(folder, 'sources.tar');
    await run('git', ['archive', '--output', archive, commit, ...SOURCES]);
    await run('tar', ['-xf', archive, '-C', folder]);
    const build = join(folder, 'dist');
    for (const source of SOURCES) await compile(join(folder, source), join(build, source));
    await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    await symlink(join(process.cwd(), 'dist', 'web'), join(build, 'web')); // its pages are not asked for
    return new EarlierRelease(build, commit);
  }

  /** Brings a database to the schema of that release. */
  async migrate(databaseUrl: string): Promise<void> {
    const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl };
    await run(process.execPath, [join(this.build, 'tools', 'migrate.js')], { env });
  }
}

async function releaseBefore(): Promise<string> {
  const tags = ['tag', '--merged', 'HEAD', '--no-contains', 'HEAD', '--sort=-v:refname', '--list', 'v*'];
  const { stdout } = await run('git', tags);
  const commit = stdout.split('\n')[0] || UNTIL_TAGGED;
  await run('git', ['cat-file', '-e', `${commit}^{commit}`]).catch(() => {
    throw new Error(
      `This checkout has no history back to ${commit}, the release before this one: run "git fetch --unshallow".`,
    );
  });
  return commit;
}

async function compile(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await compile(source, target);
    else if (!entry.name.endsWith('.ts')) await copyFile(source, target);
    else {
      const { code } = await transform(await readFile(source, 'utf8'), {
        ...{ filename: source, swcrc: false, configFile: false },
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          ...{ target: 'es2022', keepClassNames: true },
        },
        module: { type: 'commonjs', ignoreDynamic: true },
      });
      await writeFile(target.replace(/[.]ts$/, '.js'), code);
    }
  }
}
