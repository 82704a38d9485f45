import { join } from 'node:path';
import { Redis } from 'ioredis';
import { isPortFree } from './free-port.js';
import { ensureFolder } from '../project-folders.js';
import { RedisProcess } from './redis-process.js';
import { loadServerIdentity, type ServerIdentity } from './server-identity.js';
import { StackError } from '../stack-error.js';

export interface RedisServerOptions {
  /** Holds the append-only file, the log, the port and the password. */
  dataDir: string;
  log: (line: string) => void;
  /** For servers that talk to each other and therefore share a password. By default each has its own. */
  password?: string;
}

/** A Redis (or Valkey) server of our own on 127.0.0.1, with an append-only file. */
export class RedisServer {
  private readonly folder: string;
  private readonly process: RedisProcess;
  private identity: ServerIdentity | undefined;

  constructor(private readonly options: RedisServerOptions) {
    const { dataDir, log } = options;
    this.folder = join(dataDir, 'redis');
    this.process = new RedisProcess({
      ...{ name: 'Redis', folder: this.folder, logFile: join(dataDir, 'redis.log'), log },
    });
  }

  get url(): string {
    return `redis://:${this.known.password}@127.0.0.1:${this.port}/0`;
  }

  get port(): number {
    return this.known.port;
  }

  /** The folder of its append-only files. */
  get files(): string {
    return join(this.folder, 'appendonlydir');
  }

  /**
   * Starts the server and waits until it has loaded its data. First stops a server that a killed run left on the same
   * data. A restarted server listens on the same port.
   * @param settings configuration lines in addition to those that all our servers have
   */
  async start(settings: string[] = []): Promise<void> {
    await this.process.stop();
    this.identity ??= await this.loadIdentity();
    const { port } = this.identity;
    if (!(await isPortFree(port))) {
      throw new StackError(`Port ${port} of Redis was taken by another process: start again.`);
    }
    await this.process.start([...this.configuration(this.identity), ...settings], () => this.takesCommands());
  }

  /** Stops the server after it has written its append-only file. Kills it if that takes longer than 10 s. */
  stop(): Promise<void> {
    return this.process.stop();
  }

  /** Sends SIGKILL to the server, and to a child that rewrites the append-only file. */
  kill(): Promise<void> {
    return this.process.kill();
  }

  /** Sends SIGSTOP: connections stay open and nothing answers. */
  suspend(): Promise<void> {
    return this.process.signal('SIGSTOP');
  }

  /** Ends `suspend`. */
  resume(): Promise<void> {
    return this.process.signal('SIGCONT');
  }

  /** Sends one command over its own connection. */
  async command(name: string, ...args: (string | number)[]): Promise<unknown> {
    // No readiness check: a server that is busy with a script fails it, but accepts SCRIPT KILL.
    const client = new Redis(this.url, {
      ...{ connectTimeout: 5_000, maxRetriesPerRequest: 1, enableReadyCheck: false },
    });
    client.on('error', () => undefined); // the failing command reports it
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  private get known(): ServerIdentity {
    if (!this.identity) throw new Error('A server has no URL before its first start.');
    return this.identity;
  }

  private async loadIdentity(): Promise<ServerIdentity> {
    await ensureFolder(this.folder);
    const identity = await loadServerIdentity(join(this.options.dataDir, 'redis.json'));
    return { ...identity, password: this.options.password ?? identity.password };
  }

  private configuration({ port, password }: ServerIdentity): string[] {
    return [
      'bind 127.0.0.1',
      `port ${port}`,
      `requirepass ${password}`,
      `dir ${JSON.stringify(this.folder)}`,
      'appendonly yes',
      'appendfsync everysec',
      'save ""',
      'maxmemory-policy noeviction',
      'databases 256',
    ];
  }

  private async takesCommands(): Promise<boolean> {
    const client = new Redis(this.url, {
      lazyConnect: true,
      retryStrategy: () => null,
      connectTimeout: 5_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect(); // resolves when the data is loaded
      return true;
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  }
}
