import { once } from 'node:events';
import { createServer, request as send, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of the service that answers the next requests itself, as on a bad day, and passes on all others. */
export class UnsteadyFront {
  /** How it answers the next requests; each is used once. */
  readonly next: RequestListener[] = [];
  /** `METHOD path` of each request that came, in order. */
  readonly came: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param target the URL of the service */
  static async before(target: string): Promise<UnsteadyFront> {
    const server = createServer((request, response) => {
      front.came.push(`${request.method} ${request.url}`);
      const own = front.next.shift();
      if (own) {
        own(request, response);
        return;
      }
      const { method, headers } = request;
      const passed = send(new URL(request.url ?? '/', target), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      request.pipe(passed);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const front = new UnsteadyFront(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return front;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
