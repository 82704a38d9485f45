import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findFreePort } from './free-port.js';
import { RedisProcess } from './redis-process.js';
import { RedisServer } from './redis-server.js';
import { StackError } from '../stack-error.js';
import { waitUntil } from './wait-until.js';

export interface RedisReplicationOptions {
  dataDir: string;
  log: (line: string) => void;
  replicas: number;
  sentinels: number;
}

const groupName = 'seonchak';
/** After how long a sentinel considers a silent primary dead. */
const downAfterMs = 700;

/** A primary, its replicas, and sentinels that promote a replica when the primary dies, all on 127.0.0.1. */
export class RedisReplication {
  /** The first is the primary at the start. */
  readonly servers: RedisServer[];
  private readonly password = randomBytes(24).toString('base64url');
  private readonly sentinels: Sentinel[];

  constructor({ dataDir, log, replicas, sentinels }: RedisReplicationOptions) {
    const folder = (kind: string, i: number): string => join(dataDir, `${kind}-${i + 1}`);
    this.servers = Array.from({ length: 1 + replicas }, (_, i) => {
      return new RedisServer({ dataDir: folder('server', i), log, password: this.password });
    });
    this.sentinels = Array.from({ length: sentinels }, (_, i) => new Sentinel(folder('sentinel', i), log));
  }

  /** In the format of REDIS_URL. */
  get url(): string {
    const sentinels = this.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `redis+sentinel://:${this.password}@${sentinels}/0?master=${groupName}`;
  }

  async start(): Promise<void> {
    const [primary, ...replicas] = this.servers;
    if (!primary) throw new Error('A replication needs a primary.');
    await primary.start(this.settings());
    await Promise.all(replicas.map((replica) => replica.start(this.settings(primary))));
    await Promise.all(replicas.map((replica) => this.waitForLink(replica)));
    await Promise.all(this.sentinels.map((sentinel) => sentinel.start(this.watch(primary))));
    await this.waitForSentinels();
  }

  /** Starts a server that was stopped. It acts as a primary until a sentinel demotes it. */
  async restart(server: RedisServer): Promise<void> {
    await server.start(this.settings());
  }

  /** The server that the sentinels name as the primary. */
  async primary(): Promise<RedisServer> {
    const [sentinel] = this.sentinels;
    const [, port] = (await sentinel?.command('SENTINEL', 'get-master-addr-by-name', groupName)) as string[];
    const primary = this.servers.find((server) => String(server.port) === port);
    if (!primary) throw new StackError(`The sentinels name a primary that is not one of ours: port ${port}.`);
    return primary;
  }

  /** Disconnects a replica: it keeps its data and receives nothing new until it gets the right password again. */
  async cutOff(replica: RedisServer): Promise<void> {
    await replica.command('CONFIG', 'SET', 'masterauth', 'wrong');
    await replica.command('CLIENT', 'KILL', 'TYPE', 'master');
  }

  async stop(): Promise<void> {
    await Promise.all(this.sentinels.map((sentinel) => sentinel.stop()));
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  private settings(primary?: RedisServer): string[] {
    return [
      `masterauth ${this.password}`,
      'repl-diskless-sync-delay 0',
      'shutdown-timeout 0', // stop at once, even if a replica lacks data
      ...(primary ? [`replicaof 127.0.0.1 ${primary.port}`] : []),
    ];
  }

  private watch({ port }: RedisServer): string[] {
    return [
      `sentinel monitor ${groupName} 127.0.0.1 ${port} ${Math.ceil((this.sentinels.length + 1) / 2)}`,
      `sentinel auth-pass ${groupName} ${this.password}`,
      `sentinel down-after-milliseconds ${groupName} ${downAfterMs}`,
      `sentinel failover-timeout ${groupName} 6000`,
    ];
  }

  private async waitForLink(replica: RedisServer): Promise<void> {
    await waitUntil('a replica has its primary’s data', async () =>
      String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
    );
  }

  /**
   * Waits until each sentinel knows the replicas and the other sentinels. Before that it has no replica to promote and
   * no quorum.
   */
  private async waitForSentinels(): Promise<void> {
    for (const sentinel of this.sentinels) {
      await waitUntil('the sentinels know each other and the replicas', async () => {
        const info = String(await sentinel.command('INFO', 'sentinel'));
        return info.includes(`slaves=${this.servers.length - 1},sentinels=${this.sentinels.length}`);
      });
    }
  }
}

class Sentinel {
  port = 0;
  private readonly process: RedisProcess;

  constructor(
    private readonly folder: string,
    log: (line: string) => void,
  ) {
    const logFile = join(folder, 'sentinel.log');
    this.process = new RedisProcess({ name: 'Sentinel', folder, logFile, flags: ['--sentinel'], log });
  }

  async start(watch: string[]): Promise<void> {
    this.port = await findFreePort();
    const own = ['bind 127.0.0.1', `port ${this.port}`, `dir ${JSON.stringify(this.folder)}`];
    await this.process.start([...own, ...watch], async () => {
      return this.command('PING').then(
        () => true,
        () => false,
      );
    });
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  async command(name: string, ...args: string[]): Promise<unknown> {
    const client = new Redis({ ...{ port: this.port, retryStrategy: null, enableReadyCheck: false } });
    client.on('error', () => undefined); // the failing command reports it
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }
}
