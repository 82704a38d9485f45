import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { dueFrom, isDue } from '../due-payouts.js';
import { isSetBack } from './set-back-payouts.js';

/** For the operator: an instance that does not know who pays the campaign may have sent it to a provider. */
const WHY = 'sent-to-provider';

/**
 * Payouts of the ledger's campaigns that may have been sent to a provider: an instance of an earlier release, which
 * does not know R30, begins such payouts while a release is rolled out. The ledger can't look them up, and paying them
 * might pay twice (P2), so an operator decides (P7).
 */
@Injectable()
export class SentElsewhere {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /** Holds those that are due, at most `limit`. What their provider still reports counts (R13). */
  async hold(campaignId: string, limit: number): Promise<void> {
    await rows(this.source, HOLD, [campaignId, limit, WHY]);
  }
}

/** $1 campaign, $2 how many, $3 why. */
const HOLD = `
  WITH sent AS (
    SELECT p.user_id FROM payouts p JOIN campaigns c ON c.id = p.campaign_id
     WHERE p.campaign_id = $1 AND c.payout_provider = 'ledger' AND ${isDue('p')} AND NOT (${isSetBack('p')})
     ORDER BY ${dueFrom('p')} LIMIT $2 FOR UPDATE OF p SKIP LOCKED
  ), held AS (
    UPDATE payouts
       SET state = 'HELD', last_error = $3, leased_until = NULL, due_at = NULL, put_backs = 0,
           updated_at = now()
      FROM sent WHERE payouts.campaign_id = $1 AND payouts.user_id = sent.user_id
    RETURNING idempotency_key, state
  ) INSERT INTO payout_events (idempotency_key, event, detail) SELECT idempotency_key, state, $3 FROM held RETURNING id`;
