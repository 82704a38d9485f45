import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { processTable, sendSignal } from '../../tools/stack/process-table.js';
import { projectRoot } from '../../tools/stack/project-folders.js';
import { StackError } from '../../tools/stack/stack-error.js';
import { BankControl } from './bank-control.js';
import type { LogLine } from './log-line.js';
import type { Odds } from './odds.js';

export interface BankProcessOptions {
  /** Where it remembers; made if it isn't there. */
  readonly logFile: string;
  /** One that is free, if none is named. */
  readonly port?: number;
  readonly webhookUrl?: string;
  readonly keyMemoryMs?: number;
  readonly seed?: number;
  readonly odds?: Partial<Odds>;
  /** Random ones, if none are named. */
  readonly secret?: string;
  readonly webhookSecret?: string;
}

const program = join(projectRoot, 'dist', 'verification', 'bank.js');
const mark = '--started-by=';
const startDeadlineMs = 60_000;
const stopDeadlineMs = 20_000;

const newSecret = () => randomBytes(24).toString('base64url');

/**
 * The sandbox bank as a process of its own, from `dist`. It ends with the process that started it, however that
 * one ends; one that was suspended then is ended by the next start.
 */
export class BankProcess {
  private static readonly running = new Set<BankProcess>();

  readonly url: string;
  readonly logFile: string;
  /** The bearer: the service's PAYOUT_HTTP_SECRET. */
  readonly secret: string;
  /** The service's PAYOUT_WEBHOOK_SECRET. */
  readonly webhookSecret: string;
  readonly control: BankControl;
  private child: ChildProcess | undefined;
  private said = { stdout: '', stderr: '' };

  private constructor(
    private readonly options: BankProcessOptions,
    private readonly port: number,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.logFile = options.logFile;
    this.secret = options.secret ?? newSecret();
    this.webhookSecret = options.webhookSecret ?? newSecret();
    this.control = new BankControl(this.url, this.secret);
  }

  /** Starts a bank and waits until it listens; a StackError when it doesn't. */
  static async start(options: BankProcessOptions): Promise<BankProcess> {
    await endAbandonedBanks();
    const bank = new BankProcess(options, options.port ?? (await findFreePort()));
    await bank.restart();
    return bank;
  }

  /** SIGKILLs every bank that this process has started and that still runs. */
  static async killAll(): Promise<void> {
    await Promise.all([...BankProcess.running].map((bank) => bank.kill()));
  }

  /** What the service is started with to pay by this bank. */
  get serviceVariables(): Record<string, string> {
    return {
      PAYOUT_PROVIDER: 'http',
      PAYOUT_HTTP_URL: this.url,
      PAYOUT_HTTP_SECRET: this.secret,
      PAYOUT_WEBHOOK_SECRET: this.webhookSecret,
    };
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get hasEnded(): boolean {
    return !this.child || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** What it has written so far, in all its lives. */
  get stdout(): string {
    return this.said.stdout;
  }

  get stderr(): string {
    return this.said.stderr;
  }

  /** Starts it again after its end: same log, port and secrets, and the odds of the start, not those set later. */
  async restart(): Promise<void> {
    if (!this.hasEnded) throw new Error('The bank still runs.');
    const child = spawn(process.execPath, [program, ...this.args()], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, BANK_SECRET: this.secret, BANK_WEBHOOK_SECRET: this.webhookSecret },
      // The channel closes when this process ends, however it does, and then the bank ends, too.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // Ctrl-C in the terminal is for the tool, which stops its bank in order
    });
    this.child = child;
    let announced = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      announced += chunk.toString();
      this.said.stdout += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => (this.said.stderr += chunk.toString()));
    BankProcess.running.add(this);
    child.once('exit', () => BankProcess.running.delete(this));
    const deadline = Date.now() + startDeadlineMs;
    while (!announced.includes('\n')) {
      if (this.hasEnded) throw new StackError(`The bank did not start: ${this.said.stderr.trim()}`);
      if (Date.now() > deadline) {
        await this.kill();
        throw new StackError(`The bank was not ready within ${startDeadlineMs / 1000} s.`);
      }
      await sleep(10);
    }
  }

  /** SIGKILL: what it hasn't synced is not promised to be there. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** SIGTERM, and SIGKILL after 20 s. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.resume();
    const giveUp = setTimeout(() => void this.child?.kill('SIGKILL'), stopDeadlineMs);
    await this.end('SIGTERM');
    clearTimeout(giveUp);
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  suspend(): void {
    this.child?.kill('SIGSTOP');
  }

  /** Ends `suspend`. */
  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** The whole lines of its log; also when it has been killed. */
  async readLog(): Promise<LogLine[]> {
    const text = await readFile(this.logFile, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line) => (line ? [JSON.parse(line) as LogLine] : []));
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.child || this.hasEnded) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }

  private args(): string[] {
    const { webhookUrl, keyMemoryMs, seed, odds } = this.options;
    return [
      ...['--log', this.logFile, '--port', String(this.port)],
      ...(webhookUrl === undefined ? [] : ['--webhook-url', webhookUrl]),
      ...(keyMemoryMs === undefined ? [] : ['--key-memory-ms', String(keyMemoryMs)]),
      ...(seed === undefined ? [] : ['--seed', String(seed)]),
      ...(odds === undefined ? [] : ['--odds', JSON.stringify(odds)]),
      `${mark}${process.pid}`,
    ];
  }
}

/** Kills the banks of this project whose starter is gone: those that were suspended, and so could not end. */
async function endAbandonedBanks(): Promise<void> {
  const table = await processTable();
  const alive = new Set(table.map(({ pid }) => pid));
  for (const { pid, commandLine } of table) {
    const starter = commandLine.includes(` ${program} `) ? commandLine.split(mark)[1] : undefined;
    if (starter !== undefined && !alive.has(Number(starter))) sendSignal(pid, 'SIGKILL');
  }
}
