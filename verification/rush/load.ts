import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Assignment, FromGenerator, Load, Progress, ToGenerator } from './generator-messages.js';

/** The parent's handle of the generator process. */
export class LoadGenerator {
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(join(__dirname, 'generator.js'), {
      serialization: 'advanced',
      // Ctrl-C in the terminal reaches only the rush, which then stops this process.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Sends the assignment and waits until the tokens are signed. */
  async prepare(assignment: Assignment): Promise<void> {
    this.tell(assignment);
    await this.until((message) => (message.kind === 'ready' ? true : undefined));
  }

  /** Starts the crowd and waits until everybody has an answer or has given up. */
  async run(onProgress: (progress: Progress) => void): Promise<Load> {
    this.tell({ kind: 'go' });
    return this.until((message) => {
      if (message.kind === 'progress') onProgress(message.progress);
      return message.kind === 'done' ? message.load : undefined;
    });
  }

  /** Kills the process, whatever it is doing. */
  stop(): void {
    this.child.kill('SIGKILL');
  }

  private tell(message: ToGenerator): void {
    this.child.send(message);
  }

  private until<T>(pick: (message: FromGenerator) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromGenerator): void => {
        const picked = pick(message);
        if (picked === undefined) return;
        this.child.off('message', onMessage);
        this.child.off('exit', onExit);
        resolve(picked);
      };
      const onExit = (): void => reject(new Error('The load generator ended early.'));
      this.child.on('message', onMessage);
      this.child.once('exit', onExit);
    });
  }
}
