import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Operator } from '../../platform/admin/operator.js';
import { recordAct } from '../../platform/admin/record-act.js';
import { ALL_CAMPAIGNS, notStopped } from '../payout-stops.js';
import { Doorbell } from '../../doorbell/doorbell.js';
import { hasDuePayouts } from '../due-payouts.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';

export const SWITCH_STATES = ['RUNNING', 'STOPPED'] as const;

/** Whether payouts are taken. */
export type SwitchState = (typeof SWITCH_STATES)[number];

/** The payouts of a campaign that are stopped, or those of all (null). */
export interface PayoutStop {
  readonly campaignId: string | null;
  readonly stoppedAt: Date;
}

/** Campaigns shown, at most. */
const SHOWN = 1_000;

/** Campaigns rung for, at most, when the payouts of all are resumed. */
const RUNG = 500;

/**
 * R24: stops and resumes payouts. The statements that take one read the switch (`notStopped`), so a stop holds in every
 * worker once it is committed; what was taken before is finished. A campaign's own stop and the stop of all are
 * independent.
 */
@Injectable()
export class PayoutSwitch {
  private readonly log = new EventLog(PayoutSwitch.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectDataSource(READS) private readonly reads: DataSource,
    private readonly doorbell: Doorbell,
  ) {}

  /**
   * Changes nothing, and adds nothing to the trail, if the switch is already in that state.
   * @returns everything that is stopped then
   */
  turnAll(state: SwitchState, operator: Operator): Promise<PayoutStop[]> {
    return this.turn(state, null, operator, (transaction) => this.stops(transaction));
  }

  /**
   * The same for one campaign.
   * @returns whether its payouts are taken then
   */
  turnOne(state: SwitchState, campaignId: string, operator: Operator): Promise<SwitchState> {
    return this.turn(state, campaignId, operator, (transaction) => this.stateOf(campaignId, transaction));
  }

  /** The answer is read before the commit: once the switch is turned, nothing is left to fail. */
  private async turn<Answer>(
    state: SwitchState,
    campaignId: string | null,
    operator: Operator,
    read: (transaction: EntityManager) => Promise<Answer>,
  ): Promise<Answer> {
    const stops = state === 'STOPPED';
    const [answer, isTurned] = await this.source.transaction(async (transaction) => {
      const turned = await rows(transaction, stops ? STOP : RESUME, [campaignId ?? ALL_CAMPAIGNS]);
      if (turned.length > 0) {
        const act = stops ? 'payouts-stopped' : 'payouts-resumed';
        await recordAct(transaction, { act, campaignId, ...operator });
      }
      return [await read(transaction), turned.length > 0] as const;
    });
    if (isTurned && !stops) void this.ring(campaignId);
    return answer;
  }

  /** Whether payouts of the campaign are taken: STOPPED by its own stop, or by the stop of all. */
  async stateOf(campaignId: string, on: DataSource | EntityManager = this.reads): Promise<SwitchState> {
    const running = await rows(on, `SELECT WHERE ${notStopped('$1')}`, [campaignId]);
    return running.length > 0 ? 'RUNNING' : 'STOPPED';
  }

  /** The stop of all first, then campaigns by their ids. */
  stops(on: DataSource | EntityManager = this.reads): Promise<PayoutStop[]> {
    return rows<PayoutStop>(
      on,
      `SELECT nullif(campaign_id, $1) AS "campaignId", stopped_at AS "stoppedAt" FROM payout_stops
        ORDER BY campaign_id <> $1, campaign_id LIMIT $2`,
      [ALL_CAMPAIGNS, SHOWN],
    );
  }

  /**
   * Never throws, and is not awaited, nor are the rings. Campaigns that are not rung for are found by the reapers,
   * which RESUME has woken.
   */
  private async ring(campaignId: string | null): Promise<void> {
    try {
      const due =
        campaignId === null ? await rows<{ id: string }>(this.reads, WITH_DUE, [RUNG]) : [{ id: campaignId }];
      for (const { id } of due) void this.doorbell.ring(id);
    } catch (error) {
      this.log.write('payouts-resumed-unrung', { cause: String(error) });
    }
  }
}

const STOP = `INSERT INTO payout_stops (campaign_id) VALUES ($1) ON CONFLICT (campaign_id) DO NOTHING RETURNING campaign_id`;

/** Makes the reapers look soon, in case the ring for payouts that had to wait is lost. */
const RESUME = `
  WITH resumed AS (
    DELETE FROM payout_stops WHERE campaign_id = $1 RETURNING campaign_id
  ), asleep AS (
    SELECT upkeep.campaign_id FROM campaign_upkeep upkeep, resumed
     WHERE resumed.campaign_id IN (upkeep.campaign_id, '${ALL_CAMPAIGNS}') ORDER BY upkeep.campaign_id FOR UPDATE OF upkeep
  ), woken AS (
    UPDATE campaign_upkeep SET next_look_at = now() FROM asleep WHERE campaign_upkeep.campaign_id = asleep.campaign_id
  ) SELECT campaign_id FROM resumed`;

/** $1 how many. */
const WITH_DUE = `
  SELECT campaign_id AS id FROM campaign_upkeep upkeep WHERE ${hasDuePayouts('upkeep.campaign_id')} LIMIT $1`;
