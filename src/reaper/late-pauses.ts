import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { EventLog } from '../platform/logging/event-log.js';
import { Environment } from '../platform/config/environment.js';
import { dueFrom, isOpen } from '../payouts/due-payouts.js';
import { rows } from '../platform/postgres/rows.js';
import type { Found, Look, ReaperTask } from './look.js';

/**
 * When payouts are due is by Postgres' clock. If that clock is set back, or a primary takes over whose clock is behind,
 * the pauses of payouts would last that much longer. They are ended instead (R27).
 */
@Injectable()
export class LatePauses implements ReaperTask {
  readonly name = 'late pauses';
  private readonly log = new EventLog(LatePauses.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /** Costs a look at the payout that is due last while no clock was set back. */
  async perform({ campaign: { id: campaignId } }: Look): Promise<Found> {
    const last = await rows(this.source, IS_LAST_LATE, [campaignId]);
    if (last.length === 0) return 'nothing';
    const { REAPER_BATCH_SIZE } = this.environment;
    const ended = await rows(this.source, END_PAUSES, [campaignId, REAPER_BATCH_SIZE]);
    if (ended.length > 0) this.log.write('payout-pauses-ended', { campaignId, payouts: ended.length });
    return ended.length === REAPER_BATCH_SIZE ? 'more' : 'something';
  }
}

/**
 * SQL: the pause was set by a clock that was set back since, by more than a moment: what is written just now may be a
 * little younger than this statement.
 */
const isLate = (payout: string): string =>
  `${dueFrom(payout)} > now() AND ${payout}.updated_at > now() + interval '1 s'`;

/** $1 campaign. One row if there is such a pause: what was due last before the step still is, or its pause is short. */
const IS_LAST_LATE = `
  SELECT FROM (SELECT due_at, leased_until, updated_at FROM payouts begun
                WHERE campaign_id = $1 AND ${isOpen('begun')} ORDER BY ${dueFrom('begun')} DESC LIMIT 1) AS last
   WHERE ${isLate('last')}`;

/** $1 campaign, $2 how many. Whoever holds a payout is at work on it, and sets another time. */
const END_PAUSES = `
  WITH paused AS (
    SELECT user_id FROM payouts begun
     WHERE campaign_id = $1 AND ${isOpen('begun')} AND ${isLate('begun')}
     ORDER BY ${dueFrom('begun')} DESC LIMIT $2 FOR UPDATE SKIP LOCKED
  ), ended AS (
    UPDATE payouts
       SET due_at = CASE WHEN due_at IS NOT NULL THEN now() END, updated_at = now(),
           leased_until = CASE WHEN leased_until IS NOT NULL THEN now() END
      FROM paused WHERE payouts.campaign_id = $1 AND payouts.user_id = paused.user_id
    RETURNING payouts.user_id
  ) SELECT user_id FROM ended`;
