import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Secrets } from './credentials.js';
import type {
  Flood,
  Flooded,
  FromGenerator,
  Hits,
  Looks,
  PagesOrder,
  ToGenerator,
  Volley,
} from './generator-messages.js';

type Question = ToGenerator extends infer Each
  ? Each extends ToGenerator
    ? Omit<Each, 'secrets'>
    : never
  : never;

/** The parent's handle of a generator process. It does one thing at a time, besides keeping pages open. */
export class LoadGenerator {
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(private readonly secrets: Secrets) {
    this.child = fork(join(__dirname, 'generator.js'), {
      // Ctrl-C in the terminal reaches only the bench, which then stops this process.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.exited = once(this.child, 'exit');
  }

  /** Fires one volley and waits until it is over. */
  async fire(volley: Volley): Promise<Hits> {
    return (await this.ask({ kind: 'fire', volley }, 'hits')).hits;
  }

  /** Sends one flood and waits until it is over. */
  async flood(flood: Flood): Promise<Flooded> {
    return (await this.ask({ kind: 'flood', flood }, 'flooded')).flooded;
  }

  /** Claims for pages, which nobody sees yet. */
  async claimPages(order: PagesOrder): Promise<Looks> {
    return (await this.ask({ kind: 'claim-pages', order }, 'looks')).looks;
  }

  /** Shows these pages: from now on they look at their claims. */
  async showPages(): Promise<void> {
    await this.ask({ kind: 'show-pages' }, 'looks');
  }

  /** Hides them. @returns what they were answered since they were shown */
  async hidePages(): Promise<Looks> {
    return (await this.ask({ kind: 'hide-pages' }, 'looks')).looks;
  }

  /** Kills the process, whatever it is doing. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }

  private async ask<Kind extends FromGenerator['kind']>(
    question: Question,
    kind: Kind,
  ): Promise<Extract<FromGenerator, { kind: Kind }>> {
    const heard = once(this.child, 'message') as Promise<[FromGenerator]>;
    this.child.send({ ...question, secrets: this.secrets } satisfies ToGenerator);
    const ended = this.exited.then(() => {
      throw new Error('The load generator ended early.');
    });
    const [answer] = await Promise.race([heard, ended]);
    if (answer.kind !== kind) throw new Error(`The load generator said ${answer.kind} instead of ${kind}.`);
    return answer as Extract<FromGenerator, { kind: Kind }>;
  }
}
