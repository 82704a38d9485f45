import type { DataSource } from 'typeorm';
import { EventLog } from '../../platform/logging/event-log.js';
import { parseNote } from '../formats/signed-note.js';
import { requestTimeStamp } from './stamp-client.js';
import { findDueCheckpoint, keepStamp } from './stamp-store.js';

const LOOK_MS = 1_000;
const DEADLINE_MS = 10_000;
/** After a failure. */
const AGAIN_MS = 60_000;

/**
 * Has one authority stamp published checkpoints (docs/transparency.md#time-stamps), beside the log: whoever calls
 * `look` never waits for it, and what fails is tried again later with whatever checkpoint is the newest then.
 */
export class Stamper {
  private readonly log = new EventLog(Stamper.name);
  private readonly stop = new AbortController();
  private asking: Promise<void> | undefined;
  /** By `performance.now()`. */
  private nextAt = 0;
  private hasFailed = false;

  /**
   * @param authority its URL
   * @param intervalMs between two stamps, unless a campaign ends
   */
  constructor(
    private readonly source: DataSource,
    private readonly authority: string,
    private readonly intervalMs: number,
  ) {}

  /** To be called often: looks once a second whether a stamp is due, and asks for it. */
  look(): void {
    if (this.asking || this.stop.signal.aborted || performance.now() < this.nextAt) return;
    this.nextAt = performance.now() + LOOK_MS;
    this.asking = this.stamp().finally(() => (this.asking = undefined));
  }

  /** Gives up what is under way. */
  async end(): Promise<void> {
    this.stop.abort();
    await this.asking;
  }

  /** Never fails. */
  private async stamp(): Promise<void> {
    try {
      const due = await findDueCheckpoint(this.source, this.authority, this.intervalMs);
      if (!due) return;
      const signal = AbortSignal.any([this.stop.signal, AbortSignal.timeout(DEADLINE_MS)]);
      const token = await requestTimeStamp(this.authority, parseNote(due.note).text, signal);
      await keepStamp(this.source, this.authority, due, token);
      this.hasFailed = false;
    } catch (error) {
      if (this.stop.signal.aborted) return;
      this.nextAt = performance.now() + AGAIN_MS;
      if (this.hasFailed) return; // one that lasts is reported once
      this.hasFailed = true;
      this.log.write('checkpoint-not-stamped', { authority: this.authority, cause: String(error) });
    }
  }
}
