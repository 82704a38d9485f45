import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { findFreePort } from './free-port.js';
import { RedisServer } from './redis-server.js';
import { waitUntil } from './wait-until.js';

export interface RedisClusterOptions {
  dataDir: string;
  log: (line: string) => void;
  primaries: number;
  /** How many primaries have a replica, counted from the first. */
  replicas: number;
}

const slots = 16_384;
/** After how long a silent node counts as dead. */
const nodeTimeoutMs = 1_000;

/** A Redis Cluster of our own on 127.0.0.1. */
export class RedisCluster {
  readonly primaries: RedisServer[];
  /** The first replica follows the first primary, and so on. */
  readonly replicas: RedisServer[];
  private readonly password = randomBytes(24).toString('base64url');
  private readonly busPorts = new Map<RedisServer, number>();

  constructor({ dataDir, log, primaries, replicas }: RedisClusterOptions) {
    const server = (kind: string, i: number): RedisServer =>
      new RedisServer({ dataDir: join(dataDir, `${kind}-${i + 1}`), log, password: this.password });
    this.primaries = Array.from({ length: primaries }, (_, i) => server('primary', i));
    this.replicas = Array.from({ length: replicas }, (_, i) => server('replica', i));
  }

  /** In the format of REDIS_URL. */
  get url(): string {
    const nodes = this.primaries.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `redis+cluster://:${this.password}@${nodes}`;
  }

  get servers(): RedisServer[] {
    return [...this.primaries, ...this.replicas];
  }

  async start(): Promise<void> {
    for (const server of this.servers) this.busPorts.set(server, await findFreePort());
    await Promise.all(this.servers.map((server) => this.startServer(server)));
    const share = Math.ceil(slots / this.primaries.length);
    const [first] = this.primaries;
    for (const [i, primary] of this.primaries.entries()) {
      const last = Math.min((i + 1) * share, slots) - 1;
      await primary.command('CLUSTER', 'ADDSLOTSRANGE', i * share, last);
      await primary.command('CLUSTER', 'SET-CONFIG-EPOCH', i + 1); // avoids conflicts over the epoch
    }
    for (const server of this.servers) {
      if (first && server !== first) {
        await first.command('CLUSTER', 'MEET', '127.0.0.1', server.port, this.busPorts.get(server) ?? 0);
      }
    }
    for (const [i, replica] of this.replicas.entries()) {
      const primary = this.primaries[i];
      if (primary) await this.follow(replica, primary);
    }
    for (const server of this.servers) {
      await waitUntil('every node of the cluster reports that the cluster is complete', async () => {
        const info = String(await server.command('CLUSTER', 'INFO'));
        return (
          info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${this.servers.length}`)
        );
      });
    }
  }

  /** Starts a node that was stopped. It finds the other nodes by itself. */
  async startServer(server: RedisServer): Promise<void> {
    await server.start([
      'cluster-enabled yes',
      `cluster-port ${this.busPorts.get(server)}`,
      `cluster-node-timeout ${nodeTimeoutMs}`,
      'cluster-replica-validity-factor 0', // a replica may be elected however old its data is
      'cluster-allow-replica-migration no',
      'cluster-require-full-coverage no', // the other nodes serve on when one is gone
      'repl-diskless-sync-delay 0',
      'shutdown-timeout 0', // stop at once, even if a replica lacks data
      `masterauth ${this.password}`,
    ]);
  }

  /** Makes `replica` follow `primary`, and waits until it has the data. */
  async follow(replica: RedisServer, primary: RedisServer): Promise<void> {
    const id = String(await primary.command('CLUSTER', 'MYID'));
    await waitUntil('a replica knows its primary', async () =>
      String(await replica.command('CLUSTER', 'NODES')).includes(id),
    );
    await replica.command('CLUSTER', 'REPLICATE', id);
    await this.waitForLink(replica);
  }

  async waitForLink(replica: RedisServer): Promise<void> {
    await waitUntil('a replica has its primary’s data', async () =>
      String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
    );
  }

  /** Disconnects a replica: it keeps its data and receives nothing new until it gets the right password again. */
  async cutOff(replica: RedisServer): Promise<void> {
    await replica.command('CONFIG', 'SET', 'masterauth', 'wrong');
    await replica.command('CLIENT', 'KILL', 'TYPE', 'master');
  }

  /** Ends `cutOff`. */
  async letIn(replica: RedisServer): Promise<void> {
    await replica.command('CONFIG', 'SET', 'masterauth', this.password);
  }

  /** Makes a replica the primary at once, without a vote and whatever data it has. The old primary follows it. */
  async takeOver(replica: RedisServer): Promise<void> {
    await replica.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
  }

  /** The primary that owns this key's slot, according to the first primary. */
  async primaryOf(key: string): Promise<RedisServer> {
    const [any] = this.primaries;
    if (!any) throw new Error('A cluster needs a primary.');
    const slot = Number(await any.command('CLUSTER', 'KEYSLOT', key));
    const ranges = (await any.command('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
    const port = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2][1];
    const primary = this.servers.find((server) => server.port === port);
    if (!primary) throw new Error(`No node serves slot ${slot}.`);
    return primary;
  }

  /** Moves a key's slot and all its keys to another primary, as resharding does. */
  async moveSlot(key: string, to: RedisServer): Promise<void> {
    const from = await this.primaryOf(key);
    const slot = Number(await from.command('CLUSTER', 'KEYSLOT', key));
    const [fromId, toId] = (await Promise.all(
      [from, to].map((server) => server.command('CLUSTER', 'MYID')),
    )) as [string, string];
    await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    for (;;) {
      const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
      if (keys.length === 0) break;
      await from.command(
        ...(['MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'AUTH', this.password, 'KEYS', ...keys] as const),
      );
    }
    for (const server of [to, from, ...this.primaries.filter((other) => other !== to && other !== from)]) {
      await server.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
