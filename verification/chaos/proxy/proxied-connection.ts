import type { Socket } from 'node:net';
import { Flow } from './flow.js';
import type { Toxic } from './toxic.js';

/** The proxy's settings, as its connections see them. */
export interface Conditions {
  readonly toxic: Toxic | null;
  /** Counts the toxic's effect: bytes delayed, held or dropped, and connections broken. */
  hit(amount: number): void;
  /** Counts the bytes of requests, with or without a toxic. */
  carry(bytes: number): void;
}

/** A client's connection and the proxy's connection to the server, under the current toxic. */
export class ProxiedConnection {
  private readonly requests: Flow;
  private readonly replies: Flow;
  /** Bytes of replies since the current toxic began. */
  private passedBytes = 0;
  private cutTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly conditions: Conditions,
  ) {
    this.requests = new Flow(client, server);
    this.replies = new Flow(server, client);
    this.connect(client, this.requests, (chunk) => this.request(chunk));
    this.connect(server, this.replies, (chunk) => this.reply(chunk));
  }

  get isOver(): boolean {
    return this.client.destroyed && this.server.destroyed;
  }

  /** Called when the toxic changes. Held bytes are forwarded, unless bytes in the middle of the stream were dropped. */
  toxicChanged(): void {
    this.passedBytes = 0;
    if (this.cutTimer) this.break();
    this.requests.release();
    this.replies.release();
  }

  /** Resets both sides. */
  break(): void {
    clearTimeout(this.cutTimer);
    this.requests.discard();
    this.replies.discard();
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private connect(socket: Socket, flow: Flow, onData: (chunk: Buffer) => void): void {
    let isBroken = false;
    socket.setNoDelay(true);
    socket.on('data', onData);
    socket.on('end', () => flow.pass('end', this.delayMs()));
    socket.on('error', () => (isBroken = true));
    // The other side sees an absent server or a disconnected client; late if the toxic delays.
    socket.on('close', () => flow.pass(isBroken ? 'broken' : 'end', this.delayMs()));
  }

  private delayMs(): number {
    const { toxic } = this.conditions;
    if (toxic?.kind === 'black-hole') return Infinity;
    return toxic?.kind === 'latency' ? toxic.delayMs : 0;
  }

  private request(chunk: Buffer): void {
    const { toxic } = this.conditions;
    this.conditions.carry(chunk.length);
    if (toxic?.kind === 'reset') {
      this.conditions.hit(1);
      this.break();
      return;
    }
    this.forward(this.requests, chunk);
  }

  private reply(chunk: Buffer): void {
    const { toxic } = this.conditions;
    if (toxic?.kind === 'drop-reply') {
      this.conditions.hit(chunk.length);
      this.cutTimer ??= setTimeout(() => this.break(), toxic.cutAfterMs);
    } else if (toxic?.kind === 'cut' && this.passedBytes + chunk.length >= toxic.afterBytes) {
      this.conditions.hit(1);
      this.client.write(chunk.subarray(0, toxic.afterBytes - this.passedBytes), () => this.break());
      this.server.pause();
    } else {
      this.passedBytes += chunk.length;
      this.forward(this.replies, chunk);
    }
  }

  private forward(flow: Flow, chunk: Buffer): void {
    const delayMs = this.delayMs();
    if (delayMs > 0) this.conditions.hit(chunk.length);
    flow.pass(chunk, delayMs);
  }
}
