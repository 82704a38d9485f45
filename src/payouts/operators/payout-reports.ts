import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import type { PayoutState } from '../payout-state.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';

/** A payout as operators see it. */
export interface PayoutRecord {
  readonly userId: string;
  readonly idempotencyKey: string;
  readonly state: PayoutState;
  readonly attempts: number;
  readonly providerReference: string | null;
  readonly lastError: string | null;
  readonly firstSentAt: Date | null;
  readonly updatedAt: Date;
}

/** One event in the history of a payout. */
export interface PayoutEvent {
  readonly event: string;
  readonly detail: string | null;
  /** The operator who decided it. */
  readonly actor: string | null;
  readonly at: Date;
}

const COLUMNS = `
  user_id AS "userId", idempotency_key AS "idempotencyKey", state, attempts, provider_reference AS "providerReference",
  last_error AS "lastError", first_sent_at AS "firstSentAt", updated_at AS "updatedAt"`;

export interface PayoutRecords {
  readonly items: PayoutRecord[];
  /** The user id after which the next page begins; null on the last. A page may hold less than was asked for. */
  readonly next: string | null;
}

/** Payouts searched by one statement for those in a common state. */
const STRETCH = 20_000;

const LARGEST_USER_ID = '9223372036854775807';

/** Share of the deadline after which a page ends with what was found. */
const SHARE_OF_DEADLINE = 0.5;

/** Reports on payouts for operators. */
@Injectable()
export class PayoutReports {
  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /**
   * One page of payouts, in order of user ids, beginning after `after`. It costs the same wherever it lies, and
   * whatever state is asked for.
   */
  async page(
    campaignId: string,
    state: PayoutState | undefined,
    after: string,
    limit: number,
  ): Promise<PayoutRecords> {
    if (state === 'SETTLED') return this.search(campaignId, state, after, limit);
    // A literal, not a parameter: a plan for any state can't use the index, which has all states but one.
    const inState = state === undefined ? '' : `AND state = '${state}'`;
    const items = await rows<PayoutRecord>(
      this.source,
      `SELECT ${COLUMNS} FROM payouts WHERE campaign_id = $1 AND user_id > $2 ${inState} ORDER BY user_id LIMIT $3`,
      [campaignId, after, limit],
    );
    return { items, next: nextOf(items, limit) };
  }

  /**
   * Payouts in the state that nearly all are in have no index. If most of the next ones are in it, one statement is
   * enough, and so it is where no more follow; otherwise they are searched one stretch of users after the other.
   */
  private async search(
    campaignId: string,
    state: PayoutState,
    after: string,
    limit: number,
  ): Promise<PayoutRecords> {
    const giveUpAt = performance.now() + SHARE_OF_DEADLINE * this.environment.REQUEST_DEADLINE_MS;
    const looked = await rows<PayoutRecord>(this.source, NEXT, [campaignId, after, 2 * limit]);
    const items = looked.filter((payout) => payout.state === state).slice(0, limit);
    if (items.length === limit || looked.length < 2 * limit) return { items, next: nextOf(items, limit) };
    for (let reached = looked.at(-1)?.userId ?? after; ;) {
      const upTo = await this.endOfStretch(campaignId, reached);
      const found = await rows<PayoutRecord>(
        this.source,
        `SELECT ${COLUMNS} FROM payouts
          WHERE campaign_id = $1 AND user_id > $2 AND user_id <= $3 AND state = $4 ORDER BY user_id LIMIT $5`,
        [campaignId, reached, upTo ?? LARGEST_USER_ID, state, limit - items.length],
      );
      items.push(...found);
      if (items.length === limit) return { items, next: nextOf(items, limit) };
      if (upTo === null || performance.now() > giveUpAt) return { items, next: upTo };
      reached = upTo;
    }
  }

  /** The user id with which a stretch after `after` ends; null for the last one. */
  private async endOfStretch(campaignId: string, after: string): Promise<string | null> {
    const [end] = await rows<{ userId: string }>(
      this.source,
      `SELECT user_id AS "userId" FROM payouts
        WHERE campaign_id = $1 AND user_id > $2 ORDER BY user_id LIMIT 1 OFFSET $3`,
      [campaignId, after, STRETCH],
    );
    return end?.userId ?? null;
  }

  async find(campaignId: string, userId: string, on: DataSource = this.source): Promise<PayoutRecord | null> {
    const [payout] = await rows<PayoutRecord>(
      on,
      `SELECT ${COLUMNS} FROM payouts WHERE campaign_id = $1 AND user_id = $2`,
      [campaignId, userId],
    );
    return payout ?? null;
  }

  events(idempotencyKey: string, on: DataSource = this.source): Promise<PayoutEvent[]> {
    return rows<PayoutEvent>(
      on,
      `SELECT event, detail, actor, created_at AS at FROM payout_history WHERE idempotency_key = $1 ORDER BY id NULLS FIRST`,
      [idempotencyKey],
    );
  }
}

/** $1 campaign, $2 after, $3 how many. */
const NEXT = `SELECT ${COLUMNS} FROM payouts WHERE campaign_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3`;

function nextOf(items: readonly PayoutRecord[], limit: number): string | null {
  return items.length === limit ? (items.at(-1)?.userId ?? null) : null;
}
