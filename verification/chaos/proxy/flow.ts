import type { Socket } from 'node:net';

const mostHeldBytes = 4 * 1024 * 1024;

/** An item of a flow: bytes, the end of the stream, or a broken connection. */
interface Item {
  readonly what: Buffer | 'end' | 'broken';
  /** On the clock of `performance.now()`. */
  readonly dueAt: number;
}

/** One direction of a connection. Forwards its items in order, each when it is due. */
export class Flow {
  private readonly items: Item[] = [];
  private heldBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {}

  /** @param delayMs `Infinity` holds the item until `release` */
  pass(what: Item['what'], delayMs: number): void {
    this.items.push({ what, dueAt: performance.now() + delayMs });
    if (Buffer.isBuffer(what)) this.heldBytes += what.length;
    if (this.heldBytes > mostHeldBytes) this.from.pause();
    this.drain();
  }

  /** Forwards all held items now. */
  release(): void {
    for (const [index, { what }] of this.items.entries()) this.items[index] = { what, dueAt: 0 };
    this.drain();
  }

  /** Drops all held items. */
  discard(): void {
    clearTimeout(this.timer);
    this.items.length = 0;
  }

  private drain(): void {
    clearTimeout(this.timer);
    for (let next = this.items[0]; next; next = this.items[0]) {
      const waitMs = next.dueAt - performance.now();
      if (waitMs > 0) {
        if (waitMs < Infinity) this.timer = setTimeout(() => this.drain(), waitMs);
        return;
      }
      this.items.shift();
      this.deliver(next.what);
    }
    if (!this.to.writableNeedDrain) this.from.resume();
  }

  private deliver(what: Item['what']): void {
    if (what === 'end') this.to.end();
    else if (what === 'broken') this.to.resetAndDestroy();
    else {
      this.heldBytes -= what.length;
      if (this.to.destroyed || this.to.write(what)) return;
      this.from.pause();
      this.to.once('drain', () => this.from.resume());
    }
  }
}
