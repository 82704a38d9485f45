import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Transfer {
  readonly campaignId: string;
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
}

/** A bank that settles each transfer at once and remembers none: with it, only our side of a payout takes time. */
export class InstantBank {
  private transfers = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => this.answer(request, response));
  }

  static async start(): Promise<InstantBank> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new InstantBank(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.method !== 'POST') return response.writeHead(404).end('{"code":"not-found"}');
      const settled = {
        ...(JSON.parse(body) as Transfer),
        id: `tr_${++this.transfers}`,
        idempotencyKey: request.headers['idempotency-key'],
        state: 'settled',
        reason: null,
        createdAt: new Date().toISOString(),
      };
      return response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(settled));
    });
  }
}
