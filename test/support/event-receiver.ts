import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A webhook of ours, as a receiver reads it. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>> & {
    readonly campaignId: string;
    readonly arrivalNo?: number;
  };
}

type Answer = (response: ServerResponse, request: IncomingMessage, event: ReceivedEvent) => void;

const ACCEPT: Answer = (response) => response.writeHead(204).end();

/** Somebody else's server: verifies by the official library of Standard Webhooks, and keeps what it accepted. */
export class EventReceiver {
  /** Secrets that it verifies with, each alone. */
  secrets: string[] = [];
  /** What is asked of it, verified or not. */
  asked = 0;
  /** Everything that arrived with a valid signature, in the order of arrival, whatever was answered. */
  readonly received: ReceivedEvent[] = [];
  readonly refused: unknown[] = [];
  answer: Answer = ACCEPT;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      this.asked++;
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.take(Buffer.concat(chunks).toString(), request, response));
    });
  }

  static async start(): Promise<EventReceiver> {
    const receiver = new EventReceiver();
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/events`;
  }

  accept(): void {
    this.answer = ACCEPT;
  }

  /** `<type> <arrivalNo>` of a campaign, each event once, in the order of its first arrival. */
  told(campaignId: string): string[] {
    const names = this.received
      .filter(({ data }) => data.campaignId === campaignId)
      .map(({ type, data }) =>
        data.arrivalNo === undefined ? `${type} ${String(data.state)}` : `${type} ${data.arrivalNo}`,
      );
    return [...new Set(names)];
  }

  /** The events about its grants, each once: whether the campaign is finished meanwhile is another matter. */
  toldOfGrants(campaignId: string): string[] {
    return this.told(campaignId).filter((name) => name.startsWith('grant.'));
  }

  /** The events about one grant, each once. */
  toldOf(campaignId: string, arrivalNo: number): string[] {
    return this.told(campaignId).filter((name) => name.endsWith(` ${arrivalNo}`));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(raw: string, request: IncomingMessage, response: ServerResponse): void {
    const headers = request.headers as Record<string, string>;
    try {
      for (const secret of this.secrets) new Webhook(secret).verify(raw, headers);
    } catch (error) {
      this.refused.push(error);
      response.writeHead(401).end();
      return;
    }
    const event = { ...(JSON.parse(raw) as Omit<ReceivedEvent, 'id'>), id: headers['webhook-id'] ?? '' };
    this.received.push(event);
    this.answer(response, request, event);
  }
}
