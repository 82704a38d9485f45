import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { type DataSource, In, type Repository } from 'typeorm';
import { Campaign } from '../campaigns/campaign.entity.js';
import { Environment } from '../platform/config/environment.js';
import { hasDuePayouts } from '../payouts/due-payouts.js';
import { rows } from '../platform/postgres/rows.js';
import type { Found, Look } from './look.js';

/** Of REAPER_INTERVAL_MS and SLOT_LEASE_MS: so that a look which is due at about the next round is not missed by a moment. */
const SHARE_OF_PERIOD = 0.8;

/** So many campaigns one reaper looks at in a few seconds. */
const MANY = 500;

/**
 * The campaigns that are not finished, and when each is to be looked at next: a queue in Postgres that all reapers share. Each
 * is looked at every REAPER_INTERVAL_MS; where there are many, one that rests once a lease, so that what happens at its gate
 * meanwhile is found within two leases.
 */
@Injectable()
export class Upkeep {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectRepository(Campaign) private readonly campaigns: Repository<Campaign>,
    private readonly environment: Environment,
  ) {}

  /** Takes the first `limit` whose time has come; they are nobody else's for REAPER_INTERVAL_MS. In no order. */
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

  /** Says when campaigns that were taken are to be looked at again. */
  async putBack(found: ReadonlyMap<string, Found>): Promise<void> {
    const what = [...found.values()];
    await rows(this.source, PUT_BACK, [
      [...found.keys()],
      what.map((one) => this.pauseMs(one)),
      what.map((one) => this.restMs(one)),
      MANY,
    ]);
  }

  /** R29: ends the looks at a finished campaign whose gate is gone. */
  async leave(campaignId: string): Promise<void> {
    await rows(this.source, LEAVE, [campaignId]);
  }

  private pauseMs(found: Found): number {
    return found === 'more' ? 0 : SHARE_OF_PERIOD * this.environment.REAPER_INTERVAL_MS;
  }

  /** As `pauseMs`, where there are many campaigns. */
  private restMs(found: Found): number {
    const { REAPER_INTERVAL_MS, SLOT_LEASE_MS } = this.environment;
    if (found !== 'nothing') return this.pauseMs(found);
    return SHARE_OF_PERIOD * Math.max(REAPER_INTERVAL_MS, SLOT_LEASE_MS);
  }
}

/** SQL: money came back, and the slot is to be passed on. */
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

/** $1 campaigns, $2 pauses and $3 rests (ms), $4 with so many campaigns they rest. Who was woken meanwhile is not put to rest. */
const PUT_BACK = `
  WITH everybody AS (
    SELECT count(*) >= $4 AS "areMany" FROM (SELECT FROM campaign_upkeep LIMIT $4) AS first_ones
  ), put_back AS (
    UPDATE campaign_upkeep SET next_look_at = now() + CASE WHEN "areMany" THEN pause.rest_ms ELSE pause.ms END * interval '1 ms'
      FROM unnest($1::text[], $2::float8[], $3::float8[]) AS pause (campaign_id, ms, rest_ms), everybody
     WHERE campaign_upkeep.campaign_id = pause.campaign_id AND campaign_upkeep.next_look_at > now()
    RETURNING pause.campaign_id
  ) SELECT campaign_id FROM put_back`;

/** $1 campaign. */
const LEAVE = `
  WITH left_alone AS (
    DELETE FROM campaign_upkeep USING campaigns
     WHERE campaign_id = $1 AND campaigns.id = $1 AND campaigns.gate_retired_at IS NOT NULL
    RETURNING campaign_id
  ) SELECT campaign_id FROM left_alone`;
