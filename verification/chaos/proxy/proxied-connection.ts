import type { Socket } from 'node:net';
import { Flow } from './flow.js';
import type { Toxic } from './toxic.js';

/** What a connection is told of the proxy that it belongs to. */
export interface Conditions {
  readonly toxic: Toxic | null;
  /** Counts what the toxic has done: bytes delayed, held or thrown away, connections broken. */
  hit(amount: number): void;
}

/** A client's connection and ours to the server, under whatever toxic there is. */
export class ProxiedConnection {
  private readonly requests: Flow;
  private readonly replies: Flow;
  /** Bytes of replies since the present toxic began. */
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

  /** Another toxic, or none: what was held back goes on, unless something in the middle has been thrown away. */
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
    // A server that isn't there, or a client that went away, is noticed on the other side; late, where nothing passes.
    socket.on('close', () => flow.pass(isBroken ? 'broken' : 'end', this.delayMs()));
  }

  private delayMs(): number {
    const { toxic } = this.conditions;
    if (toxic?.kind === 'black-hole') return Infinity;
    return toxic?.kind === 'latency' ? toxic.delayMs : 0;
  }

  private request(chunk: Buffer): void {
    const { toxic } = this.conditions;
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
