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
  /** The bank's log; created if missing. */
  readonly logFile: string;
  /** Default: a free port. */
  readonly port?: number;
  readonly webhookUrl?: string;
  readonly keyMemoryMs?: number;
  readonly seed?: number;
  readonly odds?: Partial<Odds>;
  /** Both secrets default to random ones. */
  readonly secret?: string;
  readonly webhookSecret?: string;
}

const program = join(projectRoot, 'dist', 'verification', 'bank.js');
const mark = '--started-by=';
const startDeadlineMs = 60_000;
const stopDeadlineMs = 20_000;

const newSecret = () => randomBytes(24).toString('base64url');

/**
 * The sandbox bank as a separate process, from `dist`. It ends with the process that started it, however that one ends.
 * A bank that was suspended at that time is killed by the next start.
 */
export class BankProcess {
  private static readonly running = new Set<BankProcess>();

  readonly url: string;
  readonly logFile: string;
  /** The bearer: the service's PAYOUT_HTTP_SECRET. */
  secret: string;
  /** The service's PAYOUT_WEBHOOK_SECRET. */
  readonly webhookSecret: string;
  control: BankControl;
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

  /** Starts a bank and waits until it listens. Throws a StackError if it does not. */
  static async start(options: BankProcessOptions): Promise<BankProcess> {
    await endAbandonedBanks();
    const bank = new BankProcess(options, options.port ?? (await findFreePort()));
    await bank.restart();
    return bank;
  }

  /** Sends SIGKILL to every running bank that this process started. */
  static async killAll(): Promise<void> {
    await Promise.all([...BankProcess.running].map((bank) => bank.kill()));
  }

  /** Environment variables for a service that pays through this bank. */
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

  /** Its output so far, over all restarts. */
  get stdout(): string {
    return this.said.stdout;
  }

  get stderr(): string {
    return this.said.stderr;
  }

  /** As `restart`, with another secret: from then on the old one is answered 401. */
  async restartWith(secret: string): Promise<void> {
    this.secret = secret;
    this.control = new BankControl(this.url, secret);
    await this.restart();
  }

  /**
   * Starts the bank again after it ended, with the same log, port and secrets, and with the odds of the first start,
   * not those set later.
   */
  async restart(): Promise<void> {
    if (!this.hasEnded) throw new Error('The bank still runs.');
    const child = spawn(process.execPath, [program, ...this.args()], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, BANK_SECRET: this.secret, BANK_WEBHOOK_SECRET: this.webhookSecret },
      // The channel closes when this process ends, however it ends. The bank then ends as well.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // Ctrl-C in the terminal reaches only the tool, which stops its bank in order
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

  /** Sends SIGKILL. Lines that were not synced may be lost. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Sends SIGTERM, then SIGKILL after 20 s. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.resume();
    const giveUp = setTimeout(() => void this.child?.kill('SIGKILL'), stopDeadlineMs);
    await this.end('SIGTERM');
    clearTimeout(giveUp);
  }

  /** Sends SIGSTOP: connections stay open and nothing answers. */
  suspend(): void {
    this.child?.kill('SIGSTOP');
  }

  /** Ends `suspend`. */
  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** The complete lines of its log. Works after a kill, too. */
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

/** Kills banks of this project whose starter is gone. They were suspended and therefore could not end. */
async function endAbandonedBanks(): Promise<void> {
  const table = await processTable();
  const alive = new Set(table.map(({ pid }) => pid));
  for (const { pid, commandLine } of table) {
    const starter = commandLine.includes(` ${program} `) ? commandLine.split(mark)[1] : undefined;
    if (starter !== undefined && !alive.has(Number(starter))) sendSignal(pid, 'SIGKILL');
  }
}
