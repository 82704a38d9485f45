import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { type DataSource, type EntityManager, IsNull, type Repository } from 'typeorm';
import type { Operator } from '../platform/admin/operator.js';
import { recordAct } from '../platform/admin/record-act.js';
import { fundCampaign } from '../ledger/fund-campaign.js';
import { Environment } from '../platform/config/environment.js';
import type { PayoutProvider } from '../platform/config/settings/payouts.js';
import { rows } from '../platform/postgres/rows.js';
import { type CampaignState, shownState, statesThatAllow } from './campaign-lifecycle.js';
import { Campaign } from './campaign.entity.js';
import { takeTurn } from './campaign-turn.js';

/** The terms of a campaign, all of them. */
export type NewCampaign = Pick<
  Campaign,
  | 'id'
  | 'name'
  | 'capacity'
  | 'waitingCapacity'
  | 'amount'
  | 'currency'
  | 'reversalPolicy'
  | 'eligibility'
  | 'opensAt'
  | 'closesAt'
> & { readonly payoutProvider: PayoutProvider };

/** What an operator may change. Fields that are undefined stay as they are. */
export interface CampaignChange {
  readonly name?: string;
  readonly state?: CampaignState;
  readonly opensAt?: Date | null;
  readonly closesAt?: Date | null;
}

/** How much earlier than now an opening may be, in ms: clients' clocks differ, and requests take time. */
export const OPENING_TOLERANCE_MS = 60_000;

/** Minor units. */
export function budgetOf({ capacity, amount }: Pick<NewCampaign, 'capacity' | 'amount'>): bigint {
  return BigInt(capacity) * BigInt(amount);
}

/** A campaign whose closing time has passed. */
export interface ClosingCampaign {
  readonly id: string;
  readonly closesAt: Date;
  /** How long ago, in ms by Postgres' clock. */
  readonly overdueMs: number;
}

/** Campaigns in Postgres. */
@Injectable()
export class CampaignStore {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectRepository(Campaign) private readonly campaigns: Repository<Campaign>,
    private readonly environment: Environment,
  ) {}

  /** Null when there is no such campaign, or it was deleted. */
  find(id: string): Promise<Campaign | null> {
    return this.campaigns.findOneBy({ id, deletedAt: IsNull() });
  }

  /** The slots and places in the line of all campaigns that are not over. */
  async promisedPlaces(): Promise<number> {
    const [promised] = await rows<{ places: number }>(
      this.source,
      `SELECT COALESCE(sum(capacity::bigint + waiting_capacity), 0)::float8 AS places FROM campaigns
        WHERE state <> 'CLOSED' AND finished_at IS NULL`,
    );
    return promised?.places ?? 0;
  }

  /** Creates a campaign together with its budget. @returns false when the id is taken; then nothing has changed */
  create(campaign: NewCampaign, operator: Operator): Promise<boolean> {
    return this.source.transaction(async (transaction) => {
      const created = await rows(
        transaction,
        `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency, reversal_policy, payout_provider,
                                eligibility, opens_at, closes_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING RETURNING id`,
        [
          campaign.id,
          campaign.name,
          campaign.capacity,
          campaign.waitingCapacity,
          campaign.amount,
          campaign.currency,
          campaign.reversalPolicy,
          campaign.payoutProvider,
          campaign.eligibility,
          campaign.opensAt,
          campaign.closesAt,
        ],
      );
      if (created.length === 0) return false;
      const { TREASURY_OVERDRAFT_MAX } = this.environment;
      await fundCampaign(
        transaction,
        campaign.id,
        { minorUnits: budgetOf(campaign), currency: campaign.currency },
        TREASURY_OVERDRAFT_MAX === undefined ? null : BigInt(TREASURY_OVERDRAFT_MAX),
      );
      const { id: campaignId, ...detail } = campaign;
      await recordAct(transaction, { act: 'campaign-created', campaignId, detail, ...operator });
      return true;
    });
  }

  /** Whether a time is more than `toleranceMs` in the past, by Postgres' clock. */
  async isPast(time: Date, toleranceMs = 0): Promise<boolean> {
    const [found] = await rows<{ past: boolean }>(
      this.source,
      `SELECT $1::timestamptz <= now() - $2 * interval '1 ms' AS past`,
      [time, toleranceMs],
    );
    return found?.past ?? false;
  }

  /**
   * @returns false when there is no such campaign in a state that allows the change, when it would close in the past
   *   although the change does not ask for CLOSED, when its opening would be moved into the past, or when it is of
   *   none of `revisions`
   * @param revisions null for any
   * @throws the driver's error (55P03) when the campaign's turn does not come in time
   */
  change(
    id: string,
    change: CampaignChange,
    operator: Operator,
    revisions: readonly string[] | null,
  ): Promise<boolean> {
    return this.source.transaction(async (transaction) => {
      await takeTurn(transaction, id); // in turn with the INSERTs of claims, see raiseEpoch
      if (!(await this.applyChange(transaction, id, change, revisions))) return false;
      const { name, state, opensAt, closesAt } = change;
      const detail = { name, state, opensAt, closesAt };
      await recordAct(transaction, { act: 'campaign-changed', campaignId: id, detail, ...operator });
      return true;
    });
  }

  private async applyChange(
    transaction: EntityManager,
    id: string,
    { name, state, opensAt, closesAt }: CampaignChange,
    revisions: readonly string[] | null,
  ): Promise<boolean> {
    const changed = await rows(
      transaction,
      `WITH changed AS ( -- the clock itself: now() is from before the turn came
         UPDATE campaigns
            SET name      = COALESCE($8, name),
                state     = COALESCE($2, state),
                opens_at  = CASE WHEN $3 THEN $4 ELSE opens_at END,
                closes_at = CASE WHEN $5 THEN $6 ELSE closes_at END,
                revision  = revision + 1,
                updated_at = now()
          WHERE id = $1 AND ${shownState('campaigns', 'clock_timestamp()')} = ANY ($7) AND finished_at IS NULL
            AND ($2 IS NOT DISTINCT FROM 'CLOSED' OR ($5 AND $6 <= clock_timestamp()) IS NOT TRUE)
            AND ($3 AND $4 IS DISTINCT FROM opens_at AND $4 <= clock_timestamp() - $9 * interval '1 ms') IS NOT TRUE
            AND (CASE WHEN $3 THEN $4 ELSE opens_at END >= CASE WHEN $5 THEN $6 ELSE closes_at END) IS NOT TRUE
            AND ($10::text[] IS NULL OR revision::text = ANY ($10))
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
        name ?? null,
        OPENING_TOLERANCE_MS,
        revisions,
      ],
    );
    return changed.length > 0;
  }

  /** The `limit` campaigns whose closing time passed first, by Postgres' clock. */
  async toClose(limit: number): Promise<ClosingCampaign[]> {
    return rows<ClosingCampaign>(
      this.source,
      `SELECT id, closes_at AS "closesAt", extract(epoch FROM now() - closes_at)::float8 * 1000 AS "overdueMs" FROM campaigns
         WHERE state <> 'CLOSED' AND finished_at IS NULL AND closes_at <= now() ORDER BY closes_at LIMIT $1`,
      [limit],
    );
  }

  /** Closes one of them, if it is still due. @throws the driver's error when the turn does not come in time */
  async closeDue(id: string): Promise<void> {
    await this.source.transaction(async (transaction) => {
      await takeTurn(transaction, id);
      await rows(
        transaction,
        `WITH closed AS (
           UPDATE campaigns SET state = 'CLOSED', revision = revision + 1, updated_at = now()
            WHERE id = $1 AND state <> 'CLOSED' AND finished_at IS NULL AND closes_at <= now()
           RETURNING id
         ) SELECT id FROM closed`,
        [id],
      );
    });
  }
}
