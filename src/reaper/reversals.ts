import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import type { SlotHolder } from '../grants/slots/gate-claim.js';
import { GateUpdate } from '../grants/claims/gate-update.js';
import { rows } from '../platform/postgres/rows.js';
import type { Found, Look, ReaperTask } from './look.js';

/**
 * Passes the slot of a payout that came back to the head of the line, if the campaign's policy is `regrant`. The
 * process that recorded the reversal tells the gate, if it can. The gate has no lease on a slot that was paid, so this
 * task makes up for a gate that was not told.
 */
@Injectable()
export class Reversals implements ReaperTask {
  readonly name = 'reversals';

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly gateUpdate: GateUpdate,
    private readonly environment: Environment,
  ) {}

  async perform({ campaign: { id }, hasUntoldReversals }: Look): Promise<Found> {
    if (!hasUntoldReversals) return 'nothing';
    const { REAPER_BATCH_SIZE } = this.environment;
    const untold = await rows<SlotHolder>(
      this.source,
      `SELECT g.user_id AS "userId", g.grant_seq AS "grantSeq"
         FROM payouts p JOIN user_grants g ON g.campaign_id = p.campaign_id AND g.user_id = p.user_id
        WHERE p.campaign_id = $1 AND p.state = 'REVERSED' AND p.gate_told_at IS NULL AND g.status = 'FAILED' LIMIT $2`,
      [id, REAPER_BATCH_SIZE],
    );
    if (untold.length === 0) return 'nothing';
    const epoch = await this.gateUpdate.free(id, untold);
    if (epoch !== null) await rows(this.source, TOLD, [id, untold.map(({ userId }) => userId), epoch]);
    return untold.length === REAPER_BATCH_SIZE && epoch !== null ? 'more' : 'something';
  }
}

/**
 * $1 campaign, $2 users, $3 epoch of the gate that was told. If a rebuild has begun meanwhile, it may have read them as
 * paid, and its gate must be told too (R2: its epoch is committed before it reads).
 */
const TOLD = `
  WITH told AS (
    UPDATE payouts SET gate_told_at = now() FROM campaigns
     WHERE campaigns.id = $1 AND campaigns.epoch = $3
       AND payouts.campaign_id = $1 AND payouts.user_id = ANY ($2::bigint[]) AND payouts.state = 'REVERSED'
    RETURNING payouts.user_id
  ) SELECT user_id FROM told`;
