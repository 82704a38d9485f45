import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, dataFolder, projectRoot } from '../../tools/stack/project-folders.js';
import { applyEdit, type Mutant } from './mutant.js';

/** A bound on the tests of one mutant; the longest take some minutes. */
const RUN_DEADLINE_MS = 15 * 60_000;

/** The test results of a mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  /** The names of the failed tests. Empty: the mutant survived. */
  readonly killedBy: readonly string[];
  /** Set if the tests could not run, so that nothing is known. */
  readonly trouble?: string;
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    /** Why the file could not run, or what failed. */
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A copy of the checkout that holds one mutant at a time. The checkout itself is never changed. */
export class MutatedCopy {
  private readonly root = join(dataFolder, 'mutants');

  /** Copies the files that git does not ignore, with their uncommitted changes. */
  async make(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
    await mkdir(this.root, { recursive: true });
    const { stdout } = await promisify(execFile)(
      'git',
      ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
      { cwd: projectRoot, maxBuffer: 64 * 1024 * 1024 },
    );
    for (const file of stdout.split('\0').filter(Boolean)) {
      await mkdir(dirname(join(this.root, file)), { recursive: true });
      await cp(join(projectRoot, file), join(this.root, file)).catch(ignoreMissing);
    }
    await symlink(join(projectRoot, 'node_modules'), join(this.root, 'node_modules'));
    await symlink(cacheFolder, join(this.root, '.cache')).catch(() => undefined);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  /** Applies the mutant's edits, runs its tests, and reverts the edits. */
  async try(mutant: Mutant): Promise<Verdict> {
    const originals = new Map<string, string>();
    try {
      for (const edit of mutant.edits) {
        const path = join(this.root, edit.file);
        const text = await readFile(path, 'utf8');
        if (!originals.has(path)) originals.set(path, text);
        await writeFile(path, applyEdit(text, edit));
      }
      return { mutant, ...(await this.runTests(mutant.tests)) };
    } finally {
      for (const [path, text] of originals) await writeFile(path, text);
    }
  }

  private async runTests(tests: readonly string[]): Promise<Omit<Verdict, 'mutant'>> {
    const results = join(this.root, 'results.json');
    await rm(results, { force: true });
    const child = spawn(
      process.execPath,
      // A test that fails may leave a server open, on which Jest would wait for ever.
      ['tools/run.mjs', 'test', ...tests, '--silent', '--json', `--outputFile=${results}`, '--forceExit'],
      { cwd: this.root, stdio: ['ignore', 'ignore', 'pipe'], timeout: RUN_DEADLINE_MS },
    );
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
    await once(child, 'exit');
    const report = await readFile(results, 'utf8').catch(() => null);
    if (report === null) return { killedBy: [], trouble: said.trim().split('\n').at(-1) ?? 'no results' };
    return judged(JSON.parse(report) as JestReport);
  }
}

/** A mutant survives only tests that ran. */
function judged({ testResults }: JestReport): Omit<Verdict, 'mutant'> {
  const killedBy = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => `${name.replace(/^.*\/test\//, '')}: ${fullName}`),
  );
  const notRun = testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (killedBy.length > 0 || (testResults.length > 0 && !notRun)) return { killedBy };
  return { killedBy, trouble: notRun?.message.trim().split('\n')[0] ?? 'no test ran' };
}

/** Ignores a tracked file whose deletion is not committed. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
