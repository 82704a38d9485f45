import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { recordAct } from '../platform/admin/record-act.js';
import { Environment } from '../platform/config/environment.js';
import { returnBudget } from '../ledger/return-budget.js';
import { rows } from '../platform/postgres/rows.js';

/** What was seen at a campaign's gate. */
interface SeenAtGate {
  /** The gate's epoch. If it has moved on, what was seen counts no more. */
  readonly epoch: string;
  /** Nobody holds a slot that is not paid, and nobody waits. */
  readonly isQuiet: boolean;
}

/**
 * The end of a campaign, in three steps, each taken once (docs/adr/0026):
 * at rest (nothing is under way), sealed (no slot becomes free for anybody any more, so the line is told), finished
 * (R29).
 */
@Injectable()
export class CampaignEnds {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /**
   * Takes the steps that Postgres allows by now. Transactions that write claims, or bring money back, come before or
   * after this one, never at the same time: it takes the turn (see `raiseEpoch`), and reads only then.
   * @returns whether this call sealed the campaign
   */
  async advance(campaignId: string, { epoch, isQuiet }: SeenAtGate): Promise<boolean> {
    const { REVERSAL_WINDOW_MS, FINISH_AFTER_MS } = this.environment;
    const asked = [campaignId, REVERSAL_WINDOW_MS, FINISH_AFTER_MS, isQuiet];
    if ((await rows(this.source, STEP_IS_DUE, asked)).length === 0) return false;
    return this.source.transaction(async (transaction) => {
      await rows(transaction, TAKE_TURN, [campaignId]);
      await rows(transaction, REST, [campaignId]);
      const sealed = await rows(transaction, SEAL, [campaignId, REVERSAL_WINDOW_MS]);
      if (isQuiet) {
        const times = [REVERSAL_WINDOW_MS, FINISH_AFTER_MS];
        const finished = await rows(transaction, FINISH, [campaignId, ...times, epoch]);
        if (finished.length > 0) await returnUnspent(transaction, campaignId);
      }
      return sealed.length > 0;
    });
  }

  /** Records that the gate of a finished campaign is out of Redis. */
  async noteGateRetired(campaignId: string): Promise<void> {
    await rows(
      this.source,
      `WITH noted AS (
         UPDATE campaigns SET gate_retired_at = now() WHERE id = $1 AND finished_at IS NOT NULL AND gate_retired_at IS NULL
         RETURNING id
       ) SELECT id FROM noted`,
      [campaignId],
    );
  }
}

/** R28: once, since a campaign is finished once. */
async function returnUnspent(transaction: EntityManager, campaignId: string): Promise<void> {
  const returned = await returnBudget(transaction, campaignId, campaignId);
  if (returned === 0n) return;
  const detail = { minorUnits: returned.toString() };
  await recordAct(transaction, { act: 'budget-returned', actor: 'reaper', campaignId, detail });
}

/** A separate statement: reads in the same one would see the data from before the turn came. */
const TAKE_TURN = `SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))`;

/**
 * How many grants are SUCCESS. The cost grows with the payouts that came back, not with all grants: each grant took the
 * amount from the campaign's account, and of the grants whose money came back, those that kept their slot are still
 * SUCCESS.
 */
const SUCCESS_COUNT = `
  ((campaigns.capacity * campaigns.amount
    - (SELECT balance FROM ledger_accounts a WHERE a.campaign_id = campaigns.id AND a.kind = 'CAMPAIGN')) / campaigns.amount
   + (SELECT count(*) FROM payouts came_back
       WHERE came_back.campaign_id = campaigns.id AND came_back.state = 'REVERSED' AND came_back.gate_told_at IS NULL
         AND EXISTS (SELECT FROM user_grants g WHERE g.campaign_id = came_back.campaign_id AND g.user_id = came_back.user_id
                        AND g.status = 'SUCCESS' OFFSET 0)))`;

/** A PENDING grant is in one of three sets, each with an index: not begun, begun and under way, or held. */
const NOBODY_IS_PENDING = `
  NOT EXISTS (SELECT FROM user_grants g WHERE g.campaign_id = campaigns.id AND g.status = 'PENDING' AND g.begun_at IS NULL)
  AND NOT EXISTS (SELECT FROM payouts begun
                   WHERE begun.campaign_id = campaigns.id AND begun.state IN ('DUE', 'SENDING', 'IN_DOUBT'))
  AND NOT EXISTS (SELECT FROM payouts held WHERE held.campaign_id = campaigns.id AND held.state = 'HELD')`;

const NOBODY_WAITS = `
  NOT EXISTS (SELECT FROM waiting_entries entry
               WHERE entry.campaign_id = campaigns.id AND entry.promoted_at IS NULL AND entry.ended_at IS NULL
                 AND NOT EXISTS (SELECT FROM user_grants g
                                  WHERE g.campaign_id = entry.campaign_id AND g.user_id = entry.user_id OFFSET 0))`;

/** $2 is REVERSAL_WINDOW_MS. If reversals free nothing, there is nothing to wait for. */
const REVERSALS_ARE_OVER = `
  (campaigns.reversal_policy = 'keep' OR campaigns.at_rest_since + $2 * interval '1 ms' <= now())`;

/** $3 is FINISH_AFTER_MS. */
const LONG_AT_REST = `campaigns.at_rest_since + $3 * interval '1 ms' <= now()`;

/** R27: a rest that is still to begin was noted before Postgres' clock was set back. It begins anew. */
const DOES_NOT_REST = `(campaigns.at_rest_since IS NULL OR campaigns.at_rest_since > now())`;

/** $1 campaign, $2 and $3 see above, $4 whether its gate is quiet. Costs the same for any campaign. */
const STEP_IS_DUE = `
  SELECT id FROM campaigns
   WHERE id = $1 AND finished_at IS NULL
     AND (${DOES_NOT_REST}
          OR sealed_at IS NULL AND (state = 'CLOSED' OR ${REVERSALS_ARE_OVER})
          OR sealed_at IS NOT NULL AND $4::boolean AND ${REVERSALS_ARE_OVER} AND ${LONG_AT_REST})`;

const REST = `
  WITH rested AS (
    UPDATE campaigns SET at_rest_since = now()
     WHERE id = $1 AND ${DOES_NOT_REST} AND finished_at IS NULL
       AND (capacity = ${SUCCESS_COUNT} OR state = 'CLOSED' AND ${NOBODY_IS_PENDING} AND ${NOBODY_WAITS})
    RETURNING id
  ) SELECT id FROM rested`;

/**
 * R9: what still comes back to a closed campaign is for nobody. An open one waits for it, if it is to be granted again.
 */
const SEAL = `
  WITH sealed AS (
    UPDATE campaigns SET sealed_at = now(), revision = revision + 1, updated_at = now()
     WHERE id = $1 AND sealed_at IS NULL AND at_rest_since IS NOT NULL AND (state = 'CLOSED' OR ${REVERSALS_ARE_OVER})
    RETURNING id
  ) SELECT id FROM sealed`;

/** R1, R29: the next epoch keeps out any claim that the gate may have decided meanwhile. $4 epoch. */
const FINISH = `
  WITH finished AS (
    UPDATE campaigns SET finished_at = now(), success_count = ${SUCCESS_COUNT}, epoch = epoch + 1, updated_at = now()
     WHERE id = $1 AND epoch = $4 AND finished_at IS NULL AND sealed_at IS NOT NULL
       AND ${REVERSALS_ARE_OVER} AND ${LONG_AT_REST} AND ${NOBODY_IS_PENDING} AND ${NOBODY_WAITS}
    RETURNING id
  ) SELECT id FROM finished`;
