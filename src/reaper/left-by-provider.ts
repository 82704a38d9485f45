import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { dueFrom, isDue } from '../payouts/due-payouts.js';
import { rows } from '../platform/postgres/rows.js';
import type { Found, Look, ReaperTask } from './look.js';

/**
 * Where the ledger pays, payouts may be left that a provider had begun. Those that it certainly never looked at are
 * DUE, and the ledger pays them. Those that it may have paid are not looked up any more: once they are
 * PAYOUT_HOLD_AFTER_MS old they are held, and operators see them. The ledger never pays them.
 */
@Injectable()
export class LeftByProvider implements ReaperTask {
  readonly name = 'left by provider';

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  async perform({ campaign: { id } }: Look): Promise<Found> {
    const { PAYOUT_PROVIDER, PAYOUT_HOLD_AFTER_MS, REAPER_BATCH_SIZE } = this.environment;
    if (PAYOUT_PROVIDER !== 'ledger') return 'nothing';
    const held = await rows(this.source, HOLD, [id, REAPER_BATCH_SIZE, PAYOUT_HOLD_AFTER_MS]);
    return held.length === REAPER_BATCH_SIZE ? 'more' : 'nothing';
  }
}

/** $1 campaign, $2 how many, $3 age (ms). A locked payout, which somebody is about to end, is skipped. */
const HOLD = `
  WITH old AS (
    SELECT user_id FROM payouts begun
     WHERE campaign_id = $1 AND ${isDue('begun')}
       AND attempts > 0 AND COALESCE(first_sent_at, updated_at) + $3 * interval '1 ms' <= now()
     ORDER BY ${dueFrom('begun')} LIMIT $2 FOR UPDATE SKIP LOCKED
  ), held AS (
    UPDATE payouts SET state = 'HELD', leased_until = NULL, due_at = NULL, fence = fence + 1, updated_at = now()
      FROM old WHERE payouts.campaign_id = $1 AND payouts.user_id = old.user_id
    RETURNING idempotency_key
  ) INSERT INTO payout_events (idempotency_key, event, detail)
    SELECT idempotency_key, 'HELD', 'payouts are made by the ledger' FROM held RETURNING id`;
