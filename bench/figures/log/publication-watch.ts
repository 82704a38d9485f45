import { setTimeout as sleep } from 'node:timers/promises';
import type { PublishedLog } from './published-log.js';

const pauseMs = 25;

/** Notes when the published log grew. */
export class PublicationWatch {
  /** Ascending by both. */
  private readonly sightings: { readonly size: number; readonly at: number }[] = [];
  private isWatching = true;
  private readonly watching: Promise<void>;

  constructor(private readonly log: PublishedLog) {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.isWatching = false;
    await this.watching;
  }

  /**
   * When a leaf was first seen under a checkpoint, in ms since 1970; undefined if it was not.
   * @param index of the leaf
   */
  seenAt(index: number): number | undefined {
    return this.sightings.find(({ size }) => size > index)?.at;
  }

  private async watch(): Promise<void> {
    while (this.isWatching) {
      const size = await this.log.size();
      if (size > (this.sightings.at(-1)?.size ?? 0)) this.sightings.push({ size, at: Date.now() });
      await sleep(pauseMs);
    }
  }
}
