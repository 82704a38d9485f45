import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A name behind which the host can change: new connections reach the server, and connections from before a move go
 * silent, neither reset nor closed. The server has lost those, with whatever they held.
 */
export class MovableHost {
  private readonly sockets = new Set<Socket>();
  private readonly standing = new Set<() => void>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(targetPort: number): Promise<MovableHost> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = new MovableHost(server, (server.address() as { port: number }).port);
    server.on('connection', (client) => host.join(client, connect(targetPort, '127.0.0.1')));
    return host;
  }

  /** The same URL, through this host. */
  urlOf(url: string): string {
    const through = new URL(url);
    through.port = String(this.port);
    return through.href;
  }

  /** @returns how many connections have lost their other end */
  move(): number {
    const { size } = this.standing;
    for (const strand of this.standing) strand();
    this.standing.clear();
    return size;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket, server: Socket): void {
    const strand = (): void => {
      client.unpipe().pause().removeAllListeners('end');
      server.unpipe().destroy(); // a host that is gone holds no locks
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.sockets.delete(socket);
        this.standing.delete(strand);
      });
    }
    client.pipe(server).pipe(client);
    this.standing.add(strand);
  }
}
