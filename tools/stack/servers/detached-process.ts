import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack-error.js';

export interface DetachedProcessOptions {
  /** For messages: "PostgreSQL". */
  name: string;
  logFile: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
}

/**
 * A server in its own process group. Ctrl-C in the terminal reaches only the tool, which then stops its servers in
 * order. The server's output is appended to its log file.
 */
export class DetachedProcess {
  private readonly exited: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: DetachedProcessOptions,
  ) {
    this.exited = once(child, 'exit');
    // A tool that did not stop its server can still exit; a later run stops the server.
    child.unref();
  }

  static async spawn(
    program: string,
    args: string[],
    options: DetachedProcessOptions,
  ): Promise<DetachedProcess> {
    const log = await open(options.logFile, 'a', 0o600);
    try {
      const { cwd, env, uid, gid } = options;
      const stdio: ['ignore', number, number] = ['ignore', log.fd, log.fd];
      const child = spawn(program, args, { cwd, env, uid, gid, stdio, detached: true });
      await once(child, 'spawn');
      return new DetachedProcess(child, options);
    } catch (error) {
      throw new StackError(`${options.name} could not be started: ${String(error)}`);
    } finally {
      await log.close();
    }
  }

  /** Waits until the process has ended. */
  async waitUntilEnded(): Promise<void> {
    this.child.ref();
    await this.exited;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Calls `isReady` until it returns true. Throws a StackError if the process exits first or `deadlineMs` pass. */
  async waitUntilReady(isReady: () => Promise<boolean>, deadlineMs: number): Promise<void> {
    const { name, logFile } = this.options;
    const deadline = Date.now() + deadlineMs;
    while (!(await isReady())) {
      if (this.hasEnded) {
        const lastWords = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-3).join('\n  ');
        throw new StackError(`${name} did not start. The end of its log, ${logFile}:\n  ${lastWords}`);
      }
      if (Date.now() > deadline) {
        throw new StackError(`${name} was not ready within ${deadlineMs / 1000} s. See its log, ${logFile}.`);
      }
      await sleep(25);
    }
  }
}
