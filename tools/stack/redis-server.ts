import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { DetachedProcess } from './detached-process.js';
import { isPortFree } from './free-port.js';
import { processTable, type RunningProcess, sendSignal, waitUntilGone } from './process-table.js';
import { ensureFolder } from './project-folders.js';
import { findRedisBinary, type RedisBinary } from './redis-binary.js';
import { loadServerIdentity, type ServerIdentity } from './server-identity.js';
import { StackError } from './stack-error.js';

export interface RedisServerOptions {
  /** Holds the append-only file, the log, the port and the password. */
  dataDir: string;
  log: (line: string) => void;
}

const startDeadlineMs = 60_000;
const stopDeadlineMs = 10_000;

interface Installation {
  binary: RedisBinary;
  identity: ServerIdentity;
}

/** A Redis (or Valkey) server of our own on 127.0.0.1, with an append-only file. */
export class RedisServer {
  private readonly folder: string;
  private readonly configFile: string;
  private installation: Installation | undefined;
  private server: DetachedProcess | undefined;

  constructor(private readonly options: RedisServerOptions) {
    this.folder = join(options.dataDir, 'redis');
    this.configFile = join(this.folder, 'redis.conf');
  }

  get url(): string {
    if (!this.installation) throw new Error('A server has no URL before its first start.');
    const { password, port } = this.installation.identity;
    return `redis://:${password}@127.0.0.1:${port}/0`;
  }

  /**
   * Starts the server and waits until it has loaded its data. A server that a killed run left on the same
   * data is ended first. Started again it listens on the same port.
   */
  async start(): Promise<void> {
    await this.stop();
    this.installation ??= await this.install();
    const { binary, identity } = this.installation;
    if (!(await isPortFree(identity.port))) {
      throw new StackError(`Port ${identity.port} of Redis has been taken meanwhile: start again.`);
    }
    // In a file, because everybody on the machine can read the password on a command line.
    await writeFile(this.configFile, this.configuration(identity), { mode: 0o600 });
    this.server = await DetachedProcess.spawn(binary.program, [this.configFile], {
      name: 'Redis',
      logFile: join(this.options.dataDir, 'redis.log'),
      cwd: this.folder,
      env: binary.env,
    });
    try {
      await this.server.waitUntilReady(() => this.takesCommands(), startDeadlineMs);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Lets the server write out its append-only file. Kills a server that takes longer than 10 s. */
  async stop(): Promise<void> {
    await this.signal('SIGCONT');
    await this.signal('SIGTERM');
    if (!(await waitUntilGone(() => this.find(), stopDeadlineMs))) await this.kill();
    await this.server?.waitUntilEnded();
  }

  /** SIGKILL, also for a child that rewrites the append-only file. */
  async kill(): Promise<void> {
    for (const { pid } of await this.find()) sendSignal(-pid, 'SIGKILL');
    await this.server?.waitUntilEnded();
    await waitUntilGone(() => this.find(), stopDeadlineMs);
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  async suspend(): Promise<void> {
    await this.signal('SIGSTOP');
  }

  /** Ends `suspend`. */
  async resume(): Promise<void> {
    await this.signal('SIGCONT');
  }

  private async install(): Promise<Installation> {
    await ensureFolder(this.folder);
    const binary = await findRedisBinary(this.options.log);
    return { binary, identity: await loadServerIdentity(join(this.options.dataDir, 'redis.json')) };
  }

  private configuration({ port, password }: ServerIdentity): string {
    const settings = [
      'bind 127.0.0.1',
      `port ${port}`,
      `requirepass ${password}`,
      `dir ${JSON.stringify(this.folder)}`,
      'appendonly yes',
      'appendfsync everysec',
      'save ""',
      'maxmemory-policy noeviction',
      'databases 256',
      // Keeps the path of this file in the process table: by it a left-over server is recognised.
      'set-proc-title no',
    ];
    return `${settings.join('\n')}\n`;
  }

  /** The server on this data folder, whoever started it. */
  private async find(): Promise<RunningProcess[]> {
    return (await processTable()).filter(({ commandLine }) =>
      commandLine.endsWith(`-server ${this.configFile}`),
    );
  }

  private async signal(signal: NodeJS.Signals): Promise<void> {
    for (const { pid } of await this.find()) sendSignal(pid, signal);
  }

  private async takesCommands(): Promise<boolean> {
    const client = new Redis(this.url, {
      lazyConnect: true,
      retryStrategy: () => null,
      connectTimeout: 5_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect(); // fulfilled when the data is loaded
      return true;
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  }
}
