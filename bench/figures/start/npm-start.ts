import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal } from '../../../tools/stack/process-table.js';
import type { Cores } from '../../pinning.js';
import type { Heard } from './start-steps.js';

const stopDeadlineMs = 30_000;

/** `npm start` in a folder, as a user would run it, on both cores. */
export class NpmStart {
  readonly heard: Heard[] = [];
  readonly begunAt = performance.now();
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(folder: string, env: Readonly<Record<string, string>>, cores: Cores | undefined) {
    // Otherwise it would inherit the bench's single core.
    const [program, ...args] = cores
      ? (['taskset', '-c', `${cores.server},${cores.generator}`, 'npm', 'start'] as const)
      : (['npm', 'start'] as const);
    this.child = spawn(program, args, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    // A signal ends npm itself at once. 'close' waits for the processes that still write to its output.
    this.exited = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream)
        createInterface(stream).on('line', (line) => this.heard.push({ line, at: performance.now() }));
    }
  }

  /** Resolves when it has ended, with its last output lines. */
  async ended(): Promise<string> {
    await this.exited;
    return this.heard
      .slice(-5)
      .map(({ line }) => line)
      .join('\n');
  }

  /** Stops it and everything that it started, in order. */
  async stop(): Promise<void> {
    if (this.child.stdout?.closed) return;
    this.signal('SIGTERM');
    const late = new AbortController();
    await Promise.race([this.exited, sleep(stopDeadlineMs, undefined, { signal: late.signal })]);
    late.abort();
    this.signal('SIGKILL');
    await this.exited;
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) sendSignal(-this.child.pid, signal);
  }
}
