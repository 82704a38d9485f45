import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { findFreePort } from '../../../tools/stack/servers/free-port.js';
import { type Conditions, ProxiedConnection } from './proxied-connection.js';
import type { Toxic } from './toxic.js';

const host = '127.0.0.1';

/** A proxy between one client and one server on this machine. It applies the current toxic to their connections. */
export class TcpProxy implements Conditions {
  private readonly connections = new Set<ProxiedConnection>();
  private server: Server | undefined;
  private present: Toxic | null = null;
  private done = 0;
  private carried = 0;

  private constructor(
    readonly port: number,
    private targetPort: number,
  ) {}

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(await findFreePort(), targetPort);
    await proxy.listen();
    return proxy;
  }

  get toxic(): Toxic | null {
    return this.present;
  }

  /** The current toxic's effect so far; see `Conditions.hit`. */
  get hits(): number {
    return this.done;
  }

  hit(amount: number): void {
    this.done += amount;
  }

  /** Bytes of requests since the proxy was started. */
  get traffic(): number {
    return this.carried;
  }

  carry(bytes: number): void {
    this.carried += bytes;
  }

  /** Replaces the toxic; null removes it. The change applies to open connections at once. */
  async set(toxic: Toxic | null): Promise<void> {
    this.present = toxic;
    if (toxic) this.done = 0;
    for (const connection of this.connections) connection.toxicChanged();
    if (toxic?.kind === 'refuse') {
      this.breakAll();
      await this.stopListening();
      if (await isRefused(this.port)) this.hit(1);
    } else if (!this.server) await this.listen();
    if (toxic?.kind === 'reset') this.breakAll();
  }

  /** Connects to another server from now on. Connections to the old one are reset. */
  redirect(port: number): void {
    this.targetPort = port;
    for (const connection of this.connections) connection.break();
    this.connections.clear();
  }

  /** The same URL through this proxy. */
  urlOf(url: string): string {
    const through = new URL(url);
    [through.hostname, through.port] = [host, String(this.port)];
    return through.href.replace(/\/$/, '');
  }

  async close(): Promise<void> {
    this.breakAll();
    await this.stopListening();
  }

  private async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.take(client));
    server.listen(this.port, host);
    await once(server, 'listening');
    this.server = server;
  }

  private async stopListening(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    server.close();
    await once(server, 'close');
  }

  private take(client: Socket): void {
    const server = connect({ port: this.targetPort, host, allowHalfOpen: true });
    const connection = new ProxiedConnection(client, server, this);
    this.connections.add(connection);
    for (const socket of [client, server]) {
      socket.once('close', () => {
        if (connection.isOver) this.connections.delete(connection);
      });
    }
  }

  private breakAll(): void {
    this.hit(this.connections.size);
    for (const connection of this.connections) connection.break();
    this.connections.clear();
  }
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connect({ port, host });
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}
