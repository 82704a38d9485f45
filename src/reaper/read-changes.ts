import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '../changes/change-feed.js';
import { Environment } from '../platform/config/environment.js';
import { EventLog } from '../platform/logging/event-log.js';

/** Batches of REAPER_BATCH_SIZE changes in one round. */
const BATCHES = 10;

/** Deletes changes that every reader of the feed has read. */
@Injectable()
export class ReadChanges {
  private readonly log = new EventLog(ReadChanges.name);

  constructor(
    private readonly feed: ChangeFeed,
    private readonly environment: Environment,
  ) {}

  /** Never fails. */
  async deleteRead(): Promise<void> {
    const { REAPER_BATCH_SIZE } = this.environment;
    try {
      for (let batch = 0; batch < BATCHES; batch++)
        if ((await this.feed.prune(REAPER_BATCH_SIZE)) < REAPER_BATCH_SIZE) return;
    } catch (error) {
      this.log.write('changes-not-deleted', { cause: String(error) });
    }
  }
}
