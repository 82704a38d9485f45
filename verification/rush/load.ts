import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Assignment, FromGenerator, Load, Progress, ToGenerator } from './generator-messages.js';

/** The process that asks, seen from outside. */
export class LoadGenerator {
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(join(__dirname, 'generator.js'), {
      serialization: 'advanced',
      // Ctrl-C in the terminal is for the rush, which then ends it.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Hands over what is to be done and waits until the tokens are signed. */
  async prepare(assignment: Assignment): Promise<void> {
    this.tell(assignment);
    await this.until((message) => (message.kind === 'ready' ? true : undefined));
  }

  /** Lets the crowd loose and waits until everybody has been answered, or has given up. */
  async run(onProgress: (progress: Progress) => void): Promise<Load> {
    this.tell({ kind: 'go' });
    return this.until((message) => {
      if (message.kind === 'progress') onProgress(message.progress);
      return message.kind === 'done' ? message.load : undefined;
    });
  }

  /** Ends the process, whatever it is doing. */
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
      const onExit = (): void => reject(new Error('The load generator has ended early.'));
      this.child.on('message', onMessage);
      this.child.once('exit', onExit);
    });
  }
}
