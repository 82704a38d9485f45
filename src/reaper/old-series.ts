import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { EventLog } from '../platform/logging/event-log.js';
import { rows } from '../platform/postgres/rows.js';

/** Batches of REAPER_BATCH_SIZE steps in one round. */
const BATCHES = 10;

/** Deletes the steps of series once they are SERIES_KEPT_MS old, whatever their campaign (docs/retention.md). */
@Injectable()
export class OldSeries {
  private readonly log = new EventLog(OldSeries.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /** Costs one look-up in an index while there are none. Never fails. */
  async deleteOld(): Promise<void> {
    const { SERIES_KEPT_MS, REAPER_BATCH_SIZE } = this.environment;
    try {
      for (let batch = 0; batch < BATCHES; batch++) {
        const gone = await rows(this.source, DELETE, [SERIES_KEPT_MS, REAPER_BATCH_SIZE]);
        if (gone.length < REAPER_BATCH_SIZE) return;
      }
    } catch (error) {
      this.log.write('series-not-deleted', { cause: String(error) });
    }
  }
}

/** $1 age (ms), $2 how many. Steps that another reaper is deleting are skipped. */
const DELETE = `
  WITH gone AS (
    DELETE FROM campaign_series WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM campaign_series WHERE at < now() - $1 * interval '1 ms'
       ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING at
  ) SELECT at FROM gone`;
