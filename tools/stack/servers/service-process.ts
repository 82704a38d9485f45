import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTable, type RunningProcess, sendSignal, waitUntilGone } from '../process-table.js';
import { projectRoot } from '../project-folders.js';
import { StackError } from '../stack-error.js';
import { isRunningTool } from '../stack-owner.js';

const program = join(projectRoot, 'dist', 'src', 'main.js');
const stopDeadlineMs = 20_000;

/** Nest's command line, which compiles and restarts a service that is worked on. */
export const nestProgram = join(projectRoot, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');

/** Shown in the process table, so that a later run knows a service whose `npm start` was killed. */
export const startedByUs = `--started-by=${process.pid}`;

/** The service in its own process group: Ctrl-C in the terminal does not reach it. */
export class ServiceProcess {
  /** How long `waitUntilReady` waits. */
  protected readonly readyDeadlineMs: number = 60_000;
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  /**
   * @param output where the service's words go: our own output, or an open file
   * @param args of Node
   */
  constructor(
    env: NodeJS.ProcessEnv,
    output: 'inherit' | number = 'inherit',
    args: readonly string[] = [program, startedByUs],
  ) {
    this.child = spawn(process.execPath, args, {
      cwd: projectRoot,
      env,
      stdio: ['ignore', output, output],
      detached: true,
    });
    this.exited = once(this.child, 'exit');
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Resolves when the service has ended, with a phrase that says how. */
  async ended(): Promise<string> {
    await this.exited;
    const { exitCode, signalCode } = this.child;
    return signalCode ? `was ended by ${signalCode}` : `ended with exit code ${exitCode}`;
  }

  /** Waits until the service reports that it is ready; false when it ends first, a StackError after the deadline. */
  async waitUntilReady(url: string): Promise<boolean> {
    const deadline = Date.now() + this.readyDeadlineMs;
    while (!(await this.isReady(url))) {
      if (this.hasEnded) return false;
      if (Date.now() > deadline) {
        throw new StackError(
          `The service did not become ready within ${this.readyDeadlineMs / 1000} s: see what it says above.`,
        );
      }
      await sleep(100);
    }
    return true;
  }

  /** Sends SIGTERM, then SIGKILL after 20 s or as soon as `hastened` resolves. */
  async stop(hastened: Promise<void>): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill('SIGTERM');
    await Promise.race([this.exited, hastened, sleep(stopDeadlineMs, undefined, { ref: false })]);
    if (!this.hasEnded && this.pid !== undefined) sendSignal(-this.pid, 'SIGKILL');
    await this.exited;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async isReady(url: string): Promise<boolean> {
    try {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      return answer.status === 200 && !this.hasEnded;
    } catch {
      return false;
    }
  }
}

/** Ends the services of this project whose `npm start` was killed. */
export async function endAbandonedServices(): Promise<void> {
  const isAbandoned = async ({ commandLine }: RunningProcess) => {
    const isOurs = [program.replace('.js', ''), nestProgram].some((path) => commandLine.includes(` ${path}`));
    const owner = isOurs ? /--started-by=(\d+)/.exec(commandLine)?.[1] : undefined;
    return owner !== undefined && !(await isRunningTool(Number(owner)));
  };
  const find = async () => {
    const table = await processTable();
    const verdicts = await Promise.all(table.map(isAbandoned));
    return table.filter((_, index) => verdicts[index]);
  };
  for (const { pid } of await find()) sendSignal(pid, 'SIGTERM');
  if (await waitUntilGone(find, stopDeadlineMs)) return;
  for (const { pid } of await find()) sendSignal(-pid, 'SIGKILL');
  await waitUntilGone(find, stopDeadlineMs);
}
