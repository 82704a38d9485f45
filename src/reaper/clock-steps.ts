import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { EventLog } from '../platform/logging/event-log.js';
import { Environment } from '../platform/config/environment.js';
import { dueFrom, isOpen } from '../payouts/due-payouts.js';
import { rows } from '../platform/postgres/rows.js';

/**
 * Pauses last a lease at most, so one that ends more than this many leases from now was set by a clock that was set
 * back since.
 */
const LEASES = 2;

/**
 * Due times are by Postgres' clock. If that clock is set back, or a primary takes over whose clock is behind, all
 * pauses that were set before would last that much longer. They are ended at once instead (R27).
 */
@Injectable()
export class ClockSteps {
  private readonly log = new EventLog(ClockSteps.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /** Costs one look-up in the queue of campaigns while no clock was set back. */
  async endLatePauses(): Promise<void> {
    const { SLOT_LEASE_MS, REAPER_INTERVAL_MS } = this.environment;
    const longest = LEASES * Math.max(SLOT_LEASE_MS, REAPER_INTERVAL_MS);
    if ((await rows(this.source, TOO_LONG_A_REST, [longest])).length === 0) return;
    // Payouts are locked before campaigns, as when money comes back (docs/architecture.md#the-order-of-locks).
    const [payouts, campaigns] = await this.source.transaction(async (transaction) => [
      (await rows(transaction, END_PAUSES)).length,
      (await rows(transaction, END_RESTS, [longest])).length,
    ]);
    this.log.write('postgres-clock-set-back', { campaigns, payouts });
  }
}

/** $1 the longest (ms) that a campaign can have been put to rest for. */
const TOO_LONG_A_REST = `
  SELECT FROM campaign_upkeep WHERE next_look_at > now() + $1 * interval '1 ms' LIMIT 1`;

/** Payouts that were written by the same clock have an `updated_at` later than now. */
const END_PAUSES = `
  WITH paused AS (
    SELECT campaign_id, user_id FROM payouts begun
     WHERE ${isOpen('begun')} AND ${dueFrom('begun')} > now() AND updated_at > now()
     ORDER BY campaign_id, user_id FOR UPDATE
  ), ended AS (
    UPDATE payouts
       SET due_at = CASE WHEN due_at IS NOT NULL THEN now() END, updated_at = now(),
           leased_until = CASE WHEN leased_until IS NOT NULL THEN now() END
      FROM paused WHERE payouts.campaign_id = paused.campaign_id AND payouts.user_id = paused.user_id
    RETURNING payouts.user_id
  ) SELECT user_id FROM ended`;

/** $1 see above. */
const END_RESTS = `
  WITH resting AS (
    SELECT campaign_id FROM campaign_upkeep WHERE next_look_at > now() + $1 * interval '1 ms' ORDER BY campaign_id FOR UPDATE
  ), ended AS (
    UPDATE campaign_upkeep SET next_look_at = now() FROM resting
     WHERE campaign_upkeep.campaign_id = resting.campaign_id RETURNING resting.campaign_id
  ) SELECT campaign_id FROM ended`;
