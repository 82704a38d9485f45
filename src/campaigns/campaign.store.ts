import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import type { DataSource, Repository } from 'typeorm';
import { fundCampaign } from '../ledger/fund-campaign.js';
import { rows } from '../postgres/rows.js';
import { type CampaignState, statesThatAllow } from './campaign-lifecycle.js';
import { Campaign } from './campaign.entity.js';
import { takeTurn } from './campaign-turn.js';

export type NewCampaign = Pick<
  Campaign,
  'id' | 'name' | 'capacity' | 'waitingCapacity' | 'amount' | 'currency' | 'opensAt' | 'closesAt'
> &
  Partial<Pick<Campaign, 'reversalPolicy'>>;

/** What an operator may change; what is undefined stays. */
export interface CampaignChange {
  readonly state?: CampaignState;
  readonly opensAt?: Date | null;
  readonly closesAt?: Date | null;
}

/** A campaign that has come to its closing time. */
export interface ClosingCampaign {
  readonly id: string;
  readonly closesAt: Date;
  /** For how long, in ms by Postgres' clock. */
  readonly overdueMs: number;
}

/** Campaigns in Postgres. */
@Injectable()
export class CampaignStore {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectRepository(Campaign) private readonly campaigns: Repository<Campaign>,
  ) {}

  find(id: string): Promise<Campaign | null> {
    return this.campaigns.findOneBy({ id });
  }

  /** Those that are not finished, the last changed first, at most `limit`. */
  lookedAfter(limit: number): Promise<Pick<Campaign, 'id' | 'capacity'>[]> {
    return rows(
      this.source,
      `SELECT id, capacity FROM campaign_upkeep JOIN campaigns ON id = campaign_id ORDER BY updated_at DESC LIMIT $1`,
      [limit],
    );
  }

  /** Creates it together with its budget. @returns false when the id is taken; nothing has changed then */
  create(campaign: NewCampaign): Promise<boolean> {
    return this.source.transaction(async (transaction) => {
      const created = await rows(
        transaction,
        `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency, reversal_policy, opens_at, closes_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING RETURNING id`,
        [
          campaign.id,
          campaign.name,
          campaign.capacity,
          campaign.waitingCapacity,
          campaign.amount,
          campaign.currency,
          campaign.reversalPolicy ?? 'keep',
          campaign.opensAt,
          campaign.closesAt,
        ],
      );
      if (created.length === 0) return false;
      await fundCampaign(transaction, campaign.id, {
        minorUnits: BigInt(campaign.capacity) * BigInt(campaign.amount),
        currency: campaign.currency,
      });
      return true;
    });
  }

  /** @returns false when there is no such campaign in a state that allows the change */
  async change(id: string, { state, opensAt, closesAt }: CampaignChange): Promise<boolean> {
    const changed = await rows(
      this.source,
      `WITH turn AS MATERIALIZED ( -- in turn with the INSERTs of claims, see raiseEpoch
         SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))
       ), changed AS (
         UPDATE campaigns
            SET state     = COALESCE($2, state),
                opens_at  = CASE WHEN $3 THEN $4 ELSE opens_at END,
                closes_at = CASE WHEN $5 THEN $6 ELSE closes_at END,
                revision  = revision + 1,
                updated_at = now()
           FROM turn
          WHERE id = $1 AND state = ANY ($7)
            AND (CASE WHEN $3 THEN $4 ELSE opens_at END >= CASE WHEN $5 THEN $6 ELSE closes_at END) IS NOT TRUE
         RETURNING id
       ) SELECT id FROM changed`,
      [
        id,
        state ?? null,
        opensAt !== undefined,
        opensAt ?? null,
        closesAt !== undefined,
        closesAt ?? null,
        statesThatAllow(state),
      ],
    );
    return changed.length > 0;
  }

  /** The first `limit` that have come to their closing time, by Postgres' clock. */
  async toClose(limit: number): Promise<ClosingCampaign[]> {
    return rows<ClosingCampaign>(
      this.source,
      `SELECT id, closes_at AS "closesAt", extract(epoch FROM now() - closes_at)::float8 * 1000 AS "overdueMs" FROM campaigns
        WHERE state <> 'CLOSED' AND closes_at <= now() ORDER BY closes_at LIMIT $1`,
      [limit],
    );
  }

  /** Closes one of them, if it still is due. @throws the driver's error when its turn was not to be had in time */
  async closeDue(id: string): Promise<void> {
    await this.source.transaction(async (transaction) => {
      await takeTurn(transaction, id);
      await rows(
        transaction,
        `WITH closed AS (
           UPDATE campaigns SET state = 'CLOSED', revision = revision + 1, updated_at = now()
            WHERE id = $1 AND state <> 'CLOSED' AND closes_at <= now()
           RETURNING id
         ) SELECT id FROM closed`,
        [id],
      );
    });
  }
}
