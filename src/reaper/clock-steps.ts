import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { EventLog } from '../platform/logging/event-log.js';
import { Environment } from '../platform/config/environment.js';
import { rows } from '../platform/postgres/rows.js';

/**
 * Campaigns rest for a lease at most, so one that rests for more than this many leases from now was put to rest by a
 * clock that was set back since.
 */
const LEASES = 2;

/**
 * When campaigns are looked at is by Postgres' clock. If that clock is set back, or a primary takes over whose clock is
 * behind, all campaigns would rest that much longer. They are looked at at once instead (R27).
 */
@Injectable()
export class ClockSteps {
  private readonly log = new EventLog(ClockSteps.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /** Costs one look-up in the queue of campaigns while no clock was set back. */
  async endLateRests(): Promise<void> {
    const { SLOT_LEASE_MS, REAPER_INTERVAL_MS, REAPER_BATCH_SIZE } = this.environment;
    const longest = LEASES * Math.max(SLOT_LEASE_MS, REAPER_INTERVAL_MS);
    const ended = await rows(this.source, END_RESTS, [longest, REAPER_BATCH_SIZE]);
    if (ended.length > 0) this.log.write('postgres-clock-set-back', { campaigns: ended.length });
  }
}

/** $1 the longest (ms) that a campaign can have been put to rest for, $2 how many. Whoever holds one looks at it. */
const END_RESTS = `
  WITH resting AS (
    SELECT campaign_id FROM campaign_upkeep WHERE next_look_at > now() + $1 * interval '1 ms'
     ORDER BY next_look_at DESC LIMIT $2 FOR UPDATE SKIP LOCKED
  ), ended AS (
    UPDATE campaign_upkeep SET next_look_at = now() FROM resting
     WHERE campaign_upkeep.campaign_id = resting.campaign_id RETURNING resting.campaign_id
  ) SELECT campaign_id FROM ended`;
