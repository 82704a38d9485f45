import { Expose } from 'class-transformer';
import { IsOptional, Matches } from 'class-validator';
import { Integer } from '../variables.js';

/** At most 18 digits, which always fit a Postgres BIGINT. */
const MINOR_UNITS = /^(0|[1-9]\d{0,17})$/;

/** Claims, slots and budgets: how much at once, and when they end. */
export class CampaignSettings {
  /** The largest budget of one campaign (capacity x amount), in minor units of its currency. Not set: no limit. */
  @Expose()
  @IsOptional()
  @Matches(MINOR_UNITS, { message: '$property must be an integer of minor units' })
  readonly CAMPAIGN_BUDGET_MAX?: string;

  /** How far below zero budgets may take the treasury of a currency, in its minor units. Not set: no limit. */
  @Expose()
  @IsOptional()
  @Matches(MINOR_UNITS, { message: '$property must be an integer of minor units' })
  readonly TREASURY_OVERDRAFT_MAX?: string;

  @Integer(2, 1, 100)
  readonly WORKER_CONCURRENCY: number;

  /** How long a slot may stay in `processing` before the reaper looks at it. */
  @Integer(30_000, 100, 86_400_000)
  readonly SLOT_LEASE_MS: number;

  @Integer(5_000, 50, 3_600_000)
  readonly REAPER_INTERVAL_MS: number;

  /** How many leases, places or rows the reaper takes at once. */
  @Integer(500, 1, 5_000)
  readonly REAPER_BATCH_SIZE: number;

  /** A campaign is finished (R29) when nothing was under way for so long: its gate is removed, its budget returned. */
  @Integer(3_600_000, 0, 31_536_000_000)
  readonly FINISH_AFTER_MS: number;

  /** With reversalPolicy regrant: how long after the last payout a slot may still return to the line. */
  @Integer(2_592_000_000, 0, 31_536_000_000)
  readonly REVERSAL_WINDOW_MS: number;

  /** How long the steps of a campaign's series are kept. */
  @Integer(2_592_000_000, 3_600_000, 315_360_000_000)
  readonly SERIES_KEPT_MS: number;

  /** The maximum number of claims that share one script call and one INSERT. */
  @Integer(500, 1, 2_000)
  readonly CLAIM_BATCH_SIZE: number;

  /** Claims in flight in one instance, and status reads; no campaign may hold more than the room left for others. */
  @Integer(20_000, 1, 1_000_000)
  readonly CLAIMS_IN_FLIGHT_MAX: number;
}
