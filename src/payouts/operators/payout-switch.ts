import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Operator } from '../../platform/admin/operator.js';
import { recordAct } from '../../platform/admin/record-act.js';
import { ALL_CAMPAIGNS, notStopped } from '../payout-stops.js';
import { rows } from '../../platform/postgres/rows.js';

export const SWITCH_STATES = ['RUNNING', 'STOPPED'] as const;

/** Whether payouts are taken. */
export type SwitchState = (typeof SWITCH_STATES)[number];

/** The payouts of a campaign that are stopped, or those of all (null). */
export interface PayoutStop {
  readonly campaignId: string | null;
  readonly stoppedAt: Date;
}

/** Campaigns that are shown at most. */
const SHOWN = 1_000;

/**
 * R24: stops and resumes payouts. The statements that take one read the switch (`notStopped`), so a stop holds in every worker
 * once it is committed; what was taken before goes on to its end. A campaign's own stop and the one of all are independent.
 */
@Injectable()
export class PayoutSwitch {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /** @param campaignId null for all. What is so already is left, and not told again in the trail. */
  async turn(state: SwitchState, campaignId: string | null, operator: Operator): Promise<void> {
    const stops = state === 'STOPPED';
    await this.source.transaction(async (transaction) => {
      const turned = await rows(transaction, stops ? STOP : RESUME, [campaignId ?? ALL_CAMPAIGNS]);
      if (turned.length === 0) return;
      const act = stops ? 'payouts-stopped' : 'payouts-resumed';
      await recordAct(transaction, { act, campaignId, ...operator });
    });
  }

  /** Whether payouts of the campaign are taken: STOPPED by name, or with all. */
  async stateOf(campaignId: string): Promise<SwitchState> {
    const running = await rows(this.source, `SELECT WHERE ${notStopped('$1')}`, [campaignId]);
    return running.length > 0 ? 'RUNNING' : 'STOPPED';
  }

  /** Those of all first, then campaigns by their ids. */
  stops(): Promise<PayoutStop[]> {
    return rows<PayoutStop>(
      this.source,
      `SELECT nullif(campaign_id, $1) AS "campaignId", stopped_at AS "stoppedAt" FROM payout_stops
        ORDER BY campaign_id <> $1, campaign_id LIMIT $2`,
      [ALL_CAMPAIGNS, SHOWN],
    );
  }
}

const STOP = `INSERT INTO payout_stops (campaign_id) VALUES ($1) ON CONFLICT (campaign_id) DO NOTHING RETURNING campaign_id`;

/** The reapers look at once, since nobody else rings for those who had to wait. */
const RESUME = `
  WITH resumed AS (
    DELETE FROM payout_stops WHERE campaign_id = $1 RETURNING campaign_id
  ), asleep AS (
    SELECT upkeep.campaign_id FROM campaign_upkeep upkeep, resumed
     WHERE resumed.campaign_id IN (upkeep.campaign_id, '${ALL_CAMPAIGNS}') ORDER BY upkeep.campaign_id FOR UPDATE OF upkeep
  ), woken AS (
    UPDATE campaign_upkeep SET next_look_at = now() FROM asleep WHERE campaign_upkeep.campaign_id = asleep.campaign_id
  ) SELECT campaign_id FROM resumed`;
