import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DetachedProcess } from './detached-process.js';
import { processTable, type RunningProcess, sendSignal, waitUntilGone } from '../process-table.js';
import { ensureFolder } from '../project-folders.js';
import { findRedisBinary } from './redis-binary.js';

export interface RedisProcessOptions {
  /** For messages: "Redis", "Sentinel". */
  name: string;
  /** Its working directory. It holds the configuration file. */
  folder: string;
  logFile: string;
  /** Arguments after the configuration file. */
  flags?: string[];
  log: (line: string) => void;
}

const startDeadlineMs = 60_000;
const stopDeadlineMs = 10_000;

/**
 * A process of the Redis binary with its own configuration file. The path of that file identifies it in the process
 * table.
 */
export class RedisProcess {
  private readonly configFile: string;
  private child: DetachedProcess | undefined;

  constructor(private readonly options: RedisProcessOptions) {
    this.configFile = join(options.folder, 'redis.conf');
  }

  /** Starts it and waits until `isReady`. First stops a process that a killed run left on the same configuration. */
  async start(settings: string[], isReady: () => Promise<boolean>): Promise<void> {
    const { name, folder, logFile, flags = [], log } = this.options;
    await this.stop();
    await ensureFolder(folder);
    const binary = await findRedisBinary(log);
    // In a file, because every user of the machine can read a password on a command line. `set-proc-title no` keeps the
    // path of this file in the process table, which identifies a left-over server.
    await writeFile(this.configFile, `${[...settings, 'set-proc-title no'].join('\n')}\n`, { mode: 0o600 });
    this.child = await DetachedProcess.spawn(binary.program, [this.configFile, ...flags], {
      ...{ name, logFile, cwd: folder, env: binary.env },
    });
    try {
      await this.child.waitUntilReady(isReady, startDeadlineMs);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Stops the server after it has written its append-only file. Kills it if that takes longer than 10 s. */
  async stop(): Promise<void> {
    await this.signal('SIGCONT');
    await this.signal('SIGTERM');
    if (!(await waitUntilGone(() => this.find(), stopDeadlineMs))) await this.kill();
    await this.child?.waitUntilEnded();
  }

  /** Sends SIGKILL to the server, and to a child that rewrites the append-only file. */
  async kill(): Promise<void> {
    for (const { pid } of await this.find()) sendSignal(-pid, 'SIGKILL');
    await this.child?.waitUntilEnded();
    await waitUntilGone(() => this.find(), stopDeadlineMs);
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    for (const { pid } of await this.find()) sendSignal(pid, signal);
  }

  /** The process on this configuration, no matter which run started it. */
  private async find(): Promise<RunningProcess[]> {
    const mine = [`-server ${this.configFile}`, ...(this.options.flags ?? [])].join(' ');
    return (await processTable()).filter(({ commandLine }) => commandLine.endsWith(mine));
  }
}
