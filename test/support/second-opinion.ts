import { execFile, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../tools/stack/project-folders.js';
import { findGoToolchain } from '../../tools/stack/servers/go-toolchain.js';

const run = promisify(execFile);

/** What the program of verification/go-opinion said. */
export interface Answer {
  /** 0 it agrees, 1 it does not, 2 nothing was judged, 3 not proven. */
  readonly code: number | null;
  readonly said: string;
}

/** Built once for a test file; it is asked by the command line alone. */
export class SecondOpinion {
  private constructor(private readonly program: string) {}

  /** @throws StackError when Go can't be had */
  static async build(): Promise<SecondOpinion> {
    const { program, env } = await findGoToolchain(console.log);
    const built = join(await mkdtemp(join(tmpdir(), 'seonchak-opinion-')), 'second-opinion');
    const cwd = join(projectRoot, 'verification', 'go-opinion');
    await run(program, ['vet', '.'], { cwd, env });
    await run(program, ['build', '-o', built, '.'], { cwd, env });
    return new SecondOpinion(built);
  }

  /** @param args a folder or a proof, and files that must agree with it */
  ask(...args: readonly string[]): Promise<Answer> {
    const child = spawn(this.program, args, { env: {} });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
  }
}
