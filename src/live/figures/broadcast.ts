import type { LiveFiguresView } from './figures.dto.js';
import type { EventStream } from './event-stream.js';

const EVERY_MS = 1_000;

/** Shorter than proxies wait for the next byte (docker/haproxy.cfg: 10 s). */
const BEAT_EVERY_MS = 5_000;

/** How long one stream lasts: then the reader comes back, and must be allowed to read still. */
const LASTS_MS = 600_000;

/**
 * Sends the figures of one campaign to everybody who listens: they are read and written as text once a second, however
 * many there are. It goes on from its first listener to its last.
 */
export class Broadcast {
  private readonly streams = new Set<EventStream>();
  private readonly timers: readonly NodeJS.Timeout[];
  private reading: Promise<void> | undefined;

  /**
   * @param read the figures of now
   * @param onEnd called once, after the last listener has gone
   */
  constructor(
    private readonly read: () => Promise<LiveFiguresView>,
    private readonly onEnd: () => void,
  ) {
    this.timers = [
      setInterval(() => {
        this.reading ??= this.tell().finally(() => (this.reading = undefined));
      }, EVERY_MS),
      setInterval(() => this.beat(), BEAT_EVERY_MS),
    ];
  }

  /** @param first the figures that the listener gets at once */
  add(stream: EventStream, first: LiveFiguresView): void {
    this.streams.add(stream);
    const last = setTimeout(() => stream.end(), LASTS_MS);
    stream.onceClosed(() => {
      clearTimeout(last);
      this.streams.delete(stream);
      if (this.streams.size === 0) this.end();
    });
    stream.send('figures', JSON.stringify(first));
  }

  /** Ends all streams, and with the last of them the broadcast. */
  endAll(): void {
    for (const stream of this.streams) stream.end();
  }

  /** Never fails: while nothing can be read, nothing is sent, and the beats go on. */
  private async tell(): Promise<void> {
    const figures = await this.read().catch(() => null);
    if (!figures) return;
    const text = JSON.stringify(figures);
    for (const stream of this.streams) stream.send('figures', text);
  }

  private beat(): void {
    for (const stream of this.streams) stream.beat();
  }

  private end(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.onEnd();
  }
}
