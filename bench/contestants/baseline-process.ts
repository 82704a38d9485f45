import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { StackError } from '../../tools/stack/stack-error.js';
import type { FromBaseline, ToBaseline } from '../baselines/baseline-messages.js';
import type { Contestant, ContestantName, ContestantSurroundings } from './contestant.js';

const claimsPath = '/v1/campaigns/default/grants';
const stopDeadlineMs = 5_000;

/** A program of `bench/baselines`. It ends by itself when the bench ends. */
export class BaselineProcess implements Contestant {
  private readonly exited: Promise<unknown>;

  private constructor(
    readonly name: ContestantName,
    readonly origin: string,
    readonly pays: boolean,
    private readonly child: ChildProcess,
  ) {
    this.exited = once(child, 'exit');
  }

  /** Starts it and waits until it listens. */
  static async start(
    name: ContestantName,
    pays: boolean,
    { jwtSecret, databaseUrl, redisUrl, logFile }: ContestantSurroundings,
  ): Promise<BaselineProcess> {
    const port = await findFreePort();
    const log = await open(logFile, 'a', 0o600);
    const child = fork(join(__dirname, '..', 'baselines', `${name}.js`), {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port),
        JWT_SECRET: jwtSecret,
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
      },
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await log.close();
    const baseline = new BaselineProcess(name, `http://127.0.0.1:${port}`, pays, child);
    await baseline.hear('listening');
    return baseline;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async freshCampaign(capacity: number): Promise<string> {
    this.tell({ kind: 'fresh', capacity });
    await this.hear('fresh');
    return claimsPath;
  }

  unpaid(): Promise<number> {
    return this.count('unpaid');
  }

  paid(): Promise<number> {
    return this.count('paid');
  }

  async endCampaign(): Promise<void> {
    // The next campaign replaces it.
  }

  async ended(): Promise<string> {
    await this.exited;
    const { exitCode, signalCode } = this.child;
    return signalCode ? `was ended by ${signalCode}` : `ended with exit code ${exitCode}`;
  }

  async stop(hastened: Promise<void>): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    if (this.child.connected) this.child.disconnect();
    await Promise.race([this.exited, hastened, sleep(stopDeadlineMs, undefined, { ref: false })]);
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private async count(kind: 'unpaid' | 'paid'): Promise<number> {
    this.tell({ kind });
    const answer = await this.hear(kind);
    return 'count' in answer ? answer.count : 0;
  }

  private tell(message: ToBaseline): void {
    this.child.send(message);
  }

  /** The next message, which must be of this kind. Rejects with a StackError if the process ends first. */
  private async hear(kind: FromBaseline['kind']): Promise<FromBaseline> {
    const ended = this.ended().then((how) => {
      throw new StackError(`The contestant ${this.name} ${how}.`);
    });
    const [message] = (await Promise.race([once(this.child, 'message'), ended])) as [FromBaseline];
    if (message.kind !== kind) throw new Error(`${this.name} said ${message.kind} instead of ${kind}.`);
    return message;
  }
}
