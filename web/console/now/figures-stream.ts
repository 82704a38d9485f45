import { useEffect, useState } from 'react';
import { isSignedOut, ProblemError } from '../api/problem.js';
import { livePath, type LiveFigures, readFigures } from '../api/live.js';

/** Figures come every second; after so long without any, what is shown is old. */
const STALE_AFTER_MS = 2_500;
const AGE_NOTED_EVERY_MS = 250;
const RECONNECT_MS = 3_000;
/** A connection whose other end is gone without a word stays open for ever: after so long it is opened anew. */
const REOPEN_AFTER_MS = 8_000;
/** Five minutes, one a second. */
const KEPT = 300;

export interface FiguresFeed {
  readonly latest: LiveFigures | null;
  /** The last minutes, oldest first. */
  readonly history: readonly LiveFigures[];
  readonly isStale: boolean;
  /** Why there will be none: the campaign is unknown, or the operator may not look. */
  readonly refusal: ProblemError | null;
}

const NOTHING: FiguresFeed = { latest: null, history: [], isStale: false, refusal: null };

/** The figures of a campaign as they are streamed, and whether they are still fresh. */
export function useFigures(campaignId: string): FiguresFeed {
  const [feed, setFeed] = useState(NOTHING);
  useEffect(() => {
    const stream = new FiguresStream(campaignId, setFeed);
    return () => stream.close();
  }, [campaignId]);
  return feed;
}

type Update = (change: (feed: FiguresFeed) => FiguresFeed) => void;

/** Keeps one EventSource open. The browser reconnects a lost one by itself, but gives up on one that was refused. */
class FiguresStream {
  private source: EventSource | undefined;
  private reconnect: ReturnType<typeof setTimeout> | undefined;
  private readonly watch: ReturnType<typeof setInterval>;
  private heardAt = performance.now();
  private openedAt = performance.now();
  private isClosed = false;

  constructor(
    private readonly campaignId: string,
    private readonly update: Update,
  ) {
    this.update(() => NOTHING);
    this.open();
    this.watch = setInterval(() => this.noteAge(), AGE_NOTED_EVERY_MS);
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.watch);
    clearTimeout(this.reconnect);
    this.source?.close();
  }

  private open(): void {
    this.openedAt = performance.now();
    this.source = new EventSource(livePath(this.campaignId));
    this.source.addEventListener('figures', (event: MessageEvent<string>) => {
      this.take(JSON.parse(event.data) as LiveFigures);
    });
    this.source.addEventListener('error', () => {
      if (this.source?.readyState === EventSource.CLOSED) void this.askWhy();
    });
  }

  private take(figures: LiveFigures): void {
    this.heardAt = performance.now();
    this.update(({ history }) => ({
      latest: figures,
      history: [...history, figures].slice(-KEPT),
      isStale: false,
      refusal: null,
    }));
  }

  private noteAge(): void {
    const now = performance.now();
    if (now - this.heardAt < STALE_AFTER_MS) return;
    if (now - Math.max(this.heardAt, this.openedAt) > REOPEN_AFTER_MS) {
      this.source?.close();
      clearTimeout(this.reconnect);
      this.open();
    }
    this.update((feed) => (feed.isStale ? feed : { ...feed, isStale: true }));
  }

  /** An EventSource does not tell why it was refused; the same figures as JSON do. */
  private async askWhy(): Promise<void> {
    this.source?.close();
    const refusal = await readFigures(this.campaignId).then(
      () => null,
      (error: unknown) => error,
    );
    if (this.isClosed) return;
    if (
      refusal instanceof ProblemError &&
      (isSignedOut(refusal) || refusal.status === 403 || refusal.status === 404)
    )
      this.update((feed) => ({ ...feed, refusal, isStale: true }));
    this.reconnect = setTimeout(() => this.open(), RECONNECT_MS);
  }
}
