import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal } from '../../../tools/stack/process-table.js';
import { ServiceProcess } from '../../../tools/stack/servers/service-process.js';

const restartPauseMs = 300;

export interface ServiceUnitOptions {
  /** `api1`, `worker2`, … */
  readonly name: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/** One instance of the service with a supervisor that restarts it whenever it ends, as in production. */
export class ServiceUnit {
  readonly url: string;
  /** How often it ended without being told to. */
  unbidden = 0;
  private process: ServiceProcess | undefined;
  private isWanted = false;

  constructor(private readonly options: ServiceUnitOptions) {
    this.url = `http://127.0.0.1:${options.port}`;
  }

  get name(): string {
    return this.options.name;
  }

  /** Starts it, without waiting until it is ready. */
  async start(): Promise<void> {
    this.isWanted = true;
    const log = await open(this.options.logFile, 'a', 0o600);
    const process = new ServiceProcess(this.options.env, log.fd);
    this.process = process;
    await log.close();
    void process.ended().then(async () => {
      if (!this.isWanted || this.process !== process) return;
      this.unbidden++;
      await sleep(restartPauseMs);
      if (this.isWanted && this.process === process) await this.start();
    });
  }

  /** Waits until it is ready, across any number of restarts. Returns false if `deadlineMs` pass. */
  async isReadyWithin(deadlineMs: number): Promise<boolean> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      try {
        const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
        if (answer.status === 200) return true;
      } catch {
        // not yet
      }
      if (performance.now() > deadline) return false;
      await sleep(100);
    }
  }

  /**
   * Sends the signal and waits until the process has ended.
   * @returns whether there was a process to end
   */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<boolean> {
    this.isWanted = false;
    const pid = this.process?.pid;
    if (pid === undefined) return false;
    sendSignal(pid, signal);
    sendSignal(pid, 'SIGCONT');
    await this.process?.ended();
    return true;
  }

  freeze(): void {
    if (this.process?.pid !== undefined) sendSignal(this.process.pid, 'SIGSTOP');
  }

  thaw(): void {
    if (this.process?.pid !== undefined) sendSignal(this.process.pid, 'SIGCONT');
  }
}
