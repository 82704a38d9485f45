import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Transfer } from '../../verification/bank/transfer.js';

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  /** The body as it was received. */
  readonly raw: string;
  readonly id: string;
  readonly type: string;
  readonly transfer: Transfer;
}

/** Receives webhooks and keeps them in the order of their arrival. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** The statuses of the next answers; 204 once they are used up. */
  statuses: number[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        const { type, transfer } = JSON.parse(raw) as { type: string; transfer: Transfer };
        const { headers } = request;
        this.received.push({ headers, raw, id: String(headers['webhook-id']), type, transfer });
        response.writeHead(this.statuses.shift() ?? 204).end();
      });
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/payout-events`;
  }

  of(userId: string): ReceivedWebhook[] {
    return this.received.filter(({ transfer }) => transfer.userId === userId);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
