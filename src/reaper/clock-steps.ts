import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { EventLog } from '../platform/logging/event-log.js';
import { Environment } from '../platform/config/environment.js';
import { dueFrom } from '../payouts/due-payouts.js';
import { rows } from '../platform/postgres/rows.js';

/** Pauses of a lease that end later than so many from now were given by a clock that has been set back since. */
const LEASES = 2;

/**
 * What is due is due by Postgres' clock. Should that be set back, or a primary take over whose clock is behind, all pauses
 * that were given before would last for as much longer: they are over at once instead (R27).
 */
@Injectable()
export class ClockSteps {
  private readonly log = new EventLog(ClockSteps.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /** Costs one look into the queue of campaigns while nothing has happened. */
  async endLatePauses(): Promise<void> {
    const { SLOT_LEASE_MS, REAPER_INTERVAL_MS } = this.environment;
    const [ended] = await rows<{ campaigns: number; payouts: number }>(this.source, END_PAUSES, [
      LEASES * Math.max(SLOT_LEASE_MS, REAPER_INTERVAL_MS),
    ]);
    if (ended && ended.campaigns > 0) this.log.write('postgres-clock-set-back', { ...ended });
  }
}

/** $1 the longest (ms) that a campaign can have been put to rest for. Payouts that were written by the same clock are later than now. */
const END_PAUSES = `
  WITH campaigns AS (
    UPDATE campaign_upkeep SET next_look_at = now() WHERE next_look_at > now() + $1 * interval '1 ms' RETURNING campaign_id
  ), payouts AS (
    UPDATE payouts begun
       SET due_at = CASE WHEN due_at IS NOT NULL THEN now() END, updated_at = now(),
           leased_until = CASE WHEN leased_until IS NOT NULL THEN now() END
     WHERE EXISTS (SELECT FROM campaigns) AND state IN ('DUE', 'SENDING', 'IN_DOUBT')
       AND ${dueFrom('begun')} > now() AND updated_at > now()
    RETURNING user_id
  ) SELECT (SELECT count(*)::int FROM campaigns) AS campaigns, (SELECT count(*)::int FROM payouts) AS payouts`;
