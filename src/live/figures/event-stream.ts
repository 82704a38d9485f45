import type { ServerResponse } from 'node:http';

/** What may wait for a reader, in bytes: some eighty events. Whoever is that far behind reads nothing any more. */
const MOST_UNREAD = 65_536;

/** How long a browser waits before it connects again, in ms. */
const COME_BACK_MS = 2_000;

/** How long a reader may take for the rest once the stream has ended, in ms. A process that drains waits for it. */
const CUT_OFF_MS = 2_000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no', // nginx would gather events
};

/** An answer that goes on: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventStream {
  constructor(
    private readonly response: ServerResponse,
    private readonly cutOffMs: number = CUT_OFF_MS,
  ) {
    // Without a listener, an error of one connection ends the process.
    response.on('error', () => response.destroy());
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    response.statusCode = 200;
    this.write(`retry: ${COME_BACK_MS}\n\n`);
  }

  /** @param data one line of text, such as JSON */
  send(event: string, data: string): void {
    this.write(`event: ${event}\ndata: ${data}\n\n`);
  }

  /** Something that readers ignore, so that no proxy takes the connection for dead. */
  beat(): void {
    this.write(': here\n\n');
  }

  /** What the reader was sent before still arrives, if it reads on. */
  end(): void {
    if (this.response.writableEnded) return;
    this.response.end();
    const cutOff = setTimeout(() => this.response.destroy(), this.cutOffMs).unref();
    this.onceClosed(() => clearTimeout(cutOff));
  }

  /** Calls `listener` once, when the stream has ended, whoever ended it. */
  onceClosed(listener: () => void): void {
    // Not the request's `close`, which comes when the request was read.
    if (this.response.closed) listener();
    else this.response.once('close', listener);
  }

  /**
   * A reader who is too far behind is cut off, and may come back for what is new then. Until a slow one has read the
   * rest, a stream that has ended is not closed: it is still written to by whoever waits for that.
   */
  private write(text: string): void {
    if (this.response.writableEnded) return;
    if (this.response.writableLength > MOST_UNREAD) this.response.destroy();
    else this.response.write(text);
  }
}
