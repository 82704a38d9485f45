import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { processTable, type RunningProcess } from '../../tools/stack/process-table.js';
import { eventually } from './eventually.js';

/** Generous: a first start makes a database. */
export const UP_WITHIN_MS = 60_000;

/** `npm start` or `npm run dev` in a copy of the project. */
export class StartedTool {
  said = '';
  readonly ended: Promise<unknown>;
  private readonly child: ChildProcess;

  constructor(
    tool: 'start' | 'dev',
    private readonly folder: string,
    variables: Readonly<Record<string, string>>,
  ) {
    const { PATH, HOME } = process.env;
    this.child = spawn(process.execPath, [join(folder, 'dist', 'tools', `${tool}.js`)], {
      cwd: folder,
      env: { PATH, HOME, JWT_SECRET: 'x'.repeat(32), LOG_LEVEL: 'silent', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.ended = once(this.child, 'close');
  }

  until(words: string): Promise<void> {
    return eventually(() => expect(this.said).toContain(words), UP_WITHIN_MS);
  }

  /** The service that it has started; 0 while there is none. */
  async service(): Promise<number> {
    const program = join(this.folder, 'dist', 'src', 'main');
    const isService = ({ commandLine }: RunningProcess) =>
      commandLine.includes(` ${program}`) && commandLine.includes(`--started-by=${this.child.pid}`);
    return (await processTable()).find(isService)?.pid ?? 0;
  }

  stop(): void {
    this.child.kill('SIGTERM');
  }
}
