import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Flood, Flooded, FromGenerator, Hits, ToGenerator, Volley } from './generator-messages.js';

/** The parent's handle of the generator process. */
export class LoadGenerator {
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(private readonly jwtSecret: string) {
    this.child = fork(join(__dirname, 'generator.js'), {
      // Ctrl-C in the terminal reaches only the bench, which then stops this process.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.exited = once(this.child, 'exit');
  }

  /** Fires one volley and waits until it is over. */
  async fire(volley: Volley): Promise<Hits> {
    const answer = await this.ask({ kind: 'fire', jwtSecret: this.jwtSecret, volley });
    if (answer.kind !== 'hits') throw new Error(`The load generator said ${answer.kind} instead of hits.`);
    return answer.hits;
  }

  /** Sends one flood and waits until it is over. */
  async flood(flood: Flood): Promise<Flooded> {
    const answer = await this.ask({ kind: 'flood', jwtSecret: this.jwtSecret, flood });
    if (answer.kind !== 'flooded')
      throw new Error(`The load generator said ${answer.kind} instead of flooded.`);
    return answer.flooded;
  }

  /** Kills the process, whatever it is doing. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }

  private async ask(question: ToGenerator): Promise<FromGenerator> {
    const heard = once(this.child, 'message') as Promise<[FromGenerator]>;
    this.child.send(question);
    const ended = this.exited.then(() => {
      throw new Error('The load generator ended early.');
    });
    const [answer] = await Promise.race([heard, ended]);
    return answer;
  }
}
