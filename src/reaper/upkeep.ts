import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { type DataSource, In, type Repository } from 'typeorm';
import { Campaign } from '../campaigns/campaign.entity.js';
import { Environment } from '../platform/config/environment.js';
import { hasDuePayouts } from '../payouts/due-payouts.js';
import { rows } from '../platform/postgres/rows.js';
import type { Found, Look } from './look.js';

/**
 * Share of REAPER_INTERVAL_MS or SLOT_LEASE_MS. Below 1, so that a campaign is already due when the next round starts.
 */
const SHARE_OF_PERIOD = 0.8;

/**
 * From this many campaigns on, idle ones are looked at once per lease. One reaper handles this many in a few seconds.
 */
const IDLE_LESS_OFTEN_FROM = 500;

/**
 * Schedules the reapers' looks at unfinished campaigns, in a table that all reapers share. Each campaign is looked at
 * every REAPER_INTERVAL_MS. With many campaigns, an idle one is looked at once per lease, which still finds any change
 * at its gate within two leases.
 */
@Injectable()
export class Upkeep {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectRepository(Campaign) private readonly campaigns: Repository<Campaign>,
    private readonly environment: Environment,
  ) {}

  /** Takes up to `limit` due campaigns, in no order. No other reaper gets them for about REAPER_INTERVAL_MS. */
  async take(limit: number): Promise<Look[]> {
    const taken = await rows<Omit<Look, 'campaign'> & { id: string }>(this.source, TAKE, [
      limit,
      this.pauseMs('something'),
    ]);
    const found = await this.campaigns.findBy({ id: In(taken.map(({ id }) => id)) });
    const byId = new Map(found.map((campaign) => [campaign.id, campaign]));
    return taken.flatMap(({ id, ...due }) => {
      const campaign = byId.get(id);
      return campaign ? [{ campaign, ...due }] : [];
    });
  }

  /** Schedules the next look at campaigns that were taken. */
  async putBack(found: ReadonlyMap<string, Found>): Promise<void> {
    const what = [...found.values()];
    await rows(this.source, PUT_BACK, [
      [...found.keys()],
      what.map((one) => this.pauseMs(one)),
      what.map((one) => this.restMs(one)),
      IDLE_LESS_OFTEN_FROM,
    ]);
  }

  /** R29: stops looking at a finished campaign whose gate was removed. */
  async leave(campaignId: string): Promise<void> {
    await rows(this.source, LEAVE, [campaignId]);
  }

  private pauseMs(found: Found): number {
    return found === 'more' ? 0 : SHARE_OF_PERIOD * this.environment.REAPER_INTERVAL_MS;
  }

  /** Like `pauseMs`, for a deployment with many campaigns. */
  private restMs(found: Found): number {
    const { REAPER_INTERVAL_MS, SLOT_LEASE_MS } = this.environment;
    if (found !== 'nothing') return this.pauseMs(found);
    return SHARE_OF_PERIOD * Math.max(REAPER_INTERVAL_MS, SLOT_LEASE_MS);
  }
}

/** SQL: money came back, and the gate has not been told to pass the slot on. */
const HAS_UNTOLD_REVERSALS = `
  (campaigns.reversal_policy = 'regrant' AND EXISTS (
    SELECT FROM payouts WHERE campaign_id = campaigns.id AND state = 'REVERSED' AND gate_told_at IS NULL))`;

/** $1 how many, $2 pause (ms). */
const TAKE = `
  WITH due AS (
    SELECT campaign_id FROM campaign_upkeep WHERE next_look_at <= now() ORDER BY next_look_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE campaign_upkeep SET next_look_at = now() + $2 * interval '1 ms' FROM due
     WHERE campaign_upkeep.campaign_id = due.campaign_id RETURNING due.campaign_id
  )
  SELECT campaigns.id, ${hasDuePayouts('campaigns.id')} AS "hasDuePayouts", ${HAS_UNTOLD_REVERSALS} AS "hasUntoldReversals"
    FROM taken JOIN campaigns ON campaigns.id = taken.campaign_id`;

/**
 * $1 campaigns, $2 pauses (ms), $3 pauses with many campaigns (ms), $4 how many are many. A campaign woken meanwhile
 * stays due.
 */
const PUT_BACK = `
  WITH everybody AS (
    SELECT count(*) >= $4 AS "areMany" FROM (SELECT FROM campaign_upkeep LIMIT $4) AS first_ones
  ), asleep AS (
    SELECT campaign_id FROM campaign_upkeep WHERE campaign_id = ANY ($1::text[]) AND next_look_at > now()
     ORDER BY campaign_id FOR UPDATE
  ), put_back AS (
    UPDATE campaign_upkeep SET next_look_at = now() + CASE WHEN "areMany" THEN pause.rest_ms ELSE pause.ms END * interval '1 ms'
      FROM asleep JOIN unnest($1::text[], $2::float8[], $3::float8[]) AS pause (campaign_id, ms, rest_ms) USING (campaign_id), everybody
     WHERE campaign_upkeep.campaign_id = asleep.campaign_id
    RETURNING asleep.campaign_id
  ) SELECT campaign_id FROM put_back`;

/** $1 campaign. */
const LEAVE = `
  WITH left_alone AS (
    DELETE FROM campaign_upkeep USING campaigns
     WHERE campaign_id = $1 AND campaigns.id = $1 AND campaigns.gate_retired_at IS NOT NULL
    RETURNING campaign_id
  ) SELECT campaign_id FROM left_alone`;
