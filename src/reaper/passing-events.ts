import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { EventLog } from '../platform/logging/event-log.js';
import { rows } from '../platform/postgres/rows.js';

/** Batches of REAPER_BATCH_SIZE events in one round. */
const BATCHES = 10;

/**
 * Deletes webhook events that changed nothing, once they are PAYOUT_EVENTS_KEPT_MS old: a provider may repeat itself
 * for ever. Events that changed a payout are kept as long as the payout (docs/retention.md).
 */
@Injectable()
export class PassingEvents {
  private readonly log = new EventLog(PassingEvents.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /** Costs one look-up in an index while there are none. Never fails. */
  async deleteOld(): Promise<void> {
    const { PAYOUT_EVENTS_KEPT_MS, REAPER_BATCH_SIZE } = this.environment;
    try {
      for (let batch = 0; batch < BATCHES; batch++) {
        const gone = await rows(this.source, DELETE, [PAYOUT_EVENTS_KEPT_MS, REAPER_BATCH_SIZE]);
        if (gone.length < REAPER_BATCH_SIZE) return;
      }
    } catch (error) {
      this.log.write('provider-events-not-deleted', { cause: String(error) });
    }
  }
}

/** $1 age (ms), $2 how many. Events that another reaper is deleting are skipped. */
const DELETE = `
  WITH gone AS (
    DELETE FROM provider_events WHERE id = ANY (ARRAY(
      SELECT id FROM provider_events WHERE effect <> 'applied' AND received_at < now() - $1 * interval '1 ms'
       ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING id
  ) SELECT id FROM gone`;
