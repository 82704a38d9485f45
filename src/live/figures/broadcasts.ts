import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { Deadline } from '../../platform/http/deadline.js';
import { Draining } from '../../platform/lifecycle/draining.js';
import { unavailable } from '../../platform/problems/problem.js';
import { Broadcast } from './broadcast.js';
import { EventStream } from './event-stream.js';
import { LiveFigures } from './live-figures.js';

/** Streams of one process. Operators are few; a page that leaves its streams open is not. */
const MOST_STREAMS = 500;

/** Campaigns that are broadcast by one process at the same time: each costs a reading a second. */
const MOST_CAMPAIGNS = 50;

/** How often the end of the process is looked for. */
const DRAIN_CHECK_MS = 200;

/** The live figures as streams: one broadcast for each campaign that somebody listens to. */
@Injectable()
export class Broadcasts implements BeforeApplicationShutdown {
  private readonly broadcasts = new Map<string, Broadcast>();
  private streams = 0;
  private drainCheck: NodeJS.Timeout | undefined;

  constructor(
    private readonly figures: LiveFigures,
    private readonly deadline: Deadline,
    private readonly draining: Draining,
  ) {}

  /** How many streams there are, and of how many campaigns. */
  get size(): { readonly streams: number; readonly campaigns: number } {
    return { streams: this.streams, campaigns: this.broadcasts.size };
  }

  /**
   * Sends the figures to this client until it goes.
   * @throws Problem 404 and 503, or a driver's error, before anything was sent
   */
  async listen(campaignId: string, response: ServerResponse): Promise<void> {
    const first = await this.deadline.within(this.figures.of(campaignId));
    if (response.closed) return;
    const isNew = !this.broadcasts.has(campaignId);
    if (
      this.draining.active ||
      this.streams >= MOST_STREAMS ||
      (isNew && this.broadcasts.size >= MOST_CAMPAIGNS)
    )
      throw unavailable('There are too many streams: read GET …/figures instead.');
    const stream = new EventStream(response);
    this.streams++;
    stream.onceClosed(() => this.streams--);
    this.broadcastOf(campaignId).add(stream, first);
    this.drainCheck ??= setInterval(() => this.endIfDraining(), DRAIN_CHECK_MS);
  }

  beforeApplicationShutdown(): void {
    this.endAll();
  }

  private broadcastOf(campaignId: string): Broadcast {
    let broadcast = this.broadcasts.get(campaignId);
    if (!broadcast) {
      broadcast = new Broadcast(
        () => this.figures.now(campaignId),
        () => this.forget(campaignId),
      );
      this.broadcasts.set(campaignId, broadcast);
    }
    return broadcast;
  }

  private forget(campaignId: string): void {
    this.broadcasts.delete(campaignId);
    if (this.broadcasts.size > 0) return;
    clearInterval(this.drainCheck);
    this.drainCheck = undefined;
  }

  /** A process that drains waits for its connections to end: listeners go to another instance. */
  private endIfDraining(): void {
    if (this.draining.active) this.endAll();
  }

  private endAll(): void {
    for (const broadcast of this.broadcasts.values()) broadcast.endAll();
  }
}
