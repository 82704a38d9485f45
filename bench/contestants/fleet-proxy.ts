import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../tools/stack/project-folders.js';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { findHaproxyBinary } from '../../tools/stack/servers/haproxy-binary.js';
import { StackError } from '../../tools/stack/stack-error.js';
import { proxySettings } from './proxy-settings.js';

const startDeadlineMs = 20_000;
const pollIntervalMs = 50;

/** HAProxy in front of several apis, configured as in `docker/`. */
export class FleetProxy {
  private readonly exited: Promise<unknown>;
  private isBeingStopped = false;

  private constructor(
    readonly origin: string,
    private readonly child: ChildProcess,
  ) {
    this.exited = once(child, 'exit');
  }

  /**
   * Starts it and waits until it serves requests of every api.
   * @param dataDir holds its configuration and its log
   * @param origins of the apis
   */
  static async start(
    dataDir: string,
    origins: readonly string[],
    say: (line: string) => void,
  ): Promise<FleetProxy> {
    const { program, env } = await findHaproxyBinary(say);
    const port = await findFreePort();
    const folder = join(dataDir, 'haproxy');
    const file = join(folder, 'haproxy.cfg');
    await mkdir(folder, { recursive: true });
    const released = await readFile(join(projectRoot, 'docker', 'haproxy.cfg'), 'utf8');
    const servers = origins.map((origin) => new URL(origin).host);
    await writeFile(file, proxySettings(released, port, servers));
    const logFile = join(folder, 'haproxy.log');
    const log = await open(logFile, 'a', 0o600);
    // Ctrl-C in the terminal reaches only the bench, which then stops this process.
    const child = spawn(program, ['-db', '-f', file], {
      env,
      cwd: folder,
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    await log.close();
    const proxy = new FleetProxy(`http://127.0.0.1:${port}`, child);
    await proxy.untilReady(logFile);
    return proxy;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves if it ends without being stopped, with a phrase that says how. */
  async failed(): Promise<string> {
    await this.exited;
    if (this.isBeingStopped) return new Promise<never>(() => undefined);
    return `ended with ${this.child.signalCode ?? this.child.exitCode}`;
  }

  /** Kills it: nothing of it has to be kept. */
  async stop(): Promise<void> {
    this.isBeingStopped = true;
    if (!this.hasEnded) this.child.kill('SIGKILL');
    await this.exited;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async untilReady(logFile: string): Promise<void> {
    const giveUpAt = performance.now() + startDeadlineMs;
    while (!(await this.isReady())) {
      if (this.hasEnded || performance.now() > giveUpAt) {
        await this.stop();
        const end = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-3).join('\n  ');
        throw new StackError(`HAProxy did not serve the apis. The end of its log:\n  ${end}`);
      }
      await sleep(pollIntervalMs);
    }
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/health/ready`)).status === 200;
    } catch {
      return false;
    }
  }
}
