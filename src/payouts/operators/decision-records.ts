import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Standing } from '../payout-ending.js';
import type { PayoutState } from '../payout-state.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { Problem } from '../../platform/problems/problem.js';

export const DECISIONS = ['RESEND', 'SETTLED', 'REJECTED'] as const;

/**
 * RESEND: no money has moved, send it again under its key; SETTLED: the user has the money; REJECTED: the user does not
 * have it and never will.
 */
export type Decision = (typeof DECISIONS)[number];

/** Payouts that one decision covers, at most. */
export const LARGEST_DECISION = 1_000;

/**
 * A decision that was not approved within this time can't be approved any more: what was true of its payouts may have
 * changed.
 */
const GOOD_FOR = `interval '1 day'`;

/** Payouts that are HELD and are looked at for one decision, at most. */
export const HELD_LOOKED_AT = 50_000;

/** Decisions looked at to find those that wait for an approval. */
const NEWEST_LOOKED_AT = 1_000;

/** Which payouts a decision is meant for: those of named users, or all that are HELD and match. */
export interface DecisionScope {
  readonly userIds?: readonly string[];
  /** The last error. */
  readonly lastError?: string;
  /** HELD since then, or longer. */
  readonly heldBefore?: Date;
  /** User ids above this one. */
  readonly after?: string;
}

export interface Proposal {
  readonly decision: Decision;
  readonly reason: string;
  readonly proposedBy: string;
  /** The states in which a payout may be decided this way. */
  readonly states: readonly PayoutState[];
}

/** A decision on many payouts, as it stands. */
export interface DecisionRecord {
  readonly id: string;
  readonly campaignId: string;
  readonly decision: Decision;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  /** Null until it is approved, and for what one person may decide. */
  readonly approvedBy: string | null;
  readonly appliedAt: Date | null;
  /** How many of its payouts were unchanged since the proposal. Null until it is applied. */
  readonly applied: number | null;
  readonly expired: boolean;
  /** How many payouts it covers. */
  readonly count: number;
  /** The highest user id among them. */
  readonly lastUserId: string;
}

const COLUMNS = `
  id, campaign_id AS "campaignId", decision, reason, proposed_by AS "proposedBy", proposed_at AS "proposedAt",
  approved_by AS "approvedBy", applied_at AS "appliedAt", applied,
  applied_at IS NULL AND proposed_at <= now() - ${GOOD_FOR} AS expired,
  (SELECT count(*)::int FROM payout_decision_items WHERE decision_id = id) AS count,
  (SELECT max(user_id) FROM payout_decision_items WHERE decision_id = id) AS "lastUserId"`;

/** Decisions on many payouts, in Postgres. */
@Injectable()
export class DecisionRecords {
  constructor(@InjectDataSource(READS) private readonly source: DataSource) {}

  /**
   * The highest of the user ids that a proposal looks at for HELD payouts above `after`; null when it looks at all of
   * them.
   */
  async endOfLook(campaignId: string, { after = '0' }: DecisionScope): Promise<string | null> {
    const [end] = await rows<{ userId: string }>(
      this.source,
      `SELECT user_id AS "userId" FROM payouts
        WHERE campaign_id = $1 AND state = 'HELD' AND user_id > $2 ORDER BY user_id LIMIT 1 OFFSET $3 - 1`,
      [campaignId, after, HELD_LOOKED_AT],
    );
    return end?.userId ?? null;
  }

  /**
   * Records a decision on the payouts that match right now, the lowest user ids first, LARGEST_DECISION at most. Of the
   * HELD ones it looks at the first HELD_LOOKED_AT.
   * @returns null, and nothing is written, when none matches
   */
  async propose(
    transaction: EntityManager,
    campaignId: string,
    scope: DecisionScope,
    { decision, reason, proposedBy, states }: Proposal,
  ): Promise<DecisionRecord | null> {
    const [proposed] = await rows<{ id: string }>(transaction, PROPOSE, [
      campaignId,
      decision,
      reason,
      proposedBy,
      states,
      scope.userIds ?? null,
      scope.lastError ?? null,
      scope.heldBefore ?? null,
      scope.after ?? '0',
      LARGEST_DECISION,
      HELD_LOOKED_AT,
    ]);
    return proposed ? this.get(campaignId, proposed.id, transaction) : null;
  }

  /** @throws Problem 404 when there is no such decision */
  async get(
    campaignId: string,
    id: string,
    on: DataSource | EntityManager = this.source,
  ): Promise<DecisionRecord> {
    const [found] = await rows<DecisionRecord>(
      on,
      `SELECT ${COLUMNS} FROM payout_decisions WHERE id = $2 AND campaign_id = $1`,
      [campaignId, id],
    );
    if (!found) throw new Problem(404, 'unknown-decision', 'There is no such decision');
    return found;
  }

  /**
   * How many decisions of each campaign somebody has to approve, and still may; and since when. Looks at the newest
   * decisions only.
   */
  awaitingApproval(): Promise<
    { readonly campaignId: string; readonly count: number; readonly since: Date }[]
  > {
    return rows(
      this.source,
      `SELECT campaign_id AS "campaignId", count(*)::int AS count, min(proposed_at) AS since
         FROM (SELECT * FROM payout_decisions ORDER BY id DESC LIMIT $1) AS newest
        WHERE applied_at IS NULL AND proposed_at > now() - ${GOOD_FOR} GROUP BY campaign_id`,
      [NEWEST_LOOKED_AT],
    );
  }

  /** The newest decisions before `before`. */
  page(campaignId: string, before: string, limit: number): Promise<DecisionRecord[]> {
    return rows<DecisionRecord>(
      this.source,
      `SELECT ${COLUMNS} FROM payout_decisions WHERE campaign_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
      [campaignId, before, limit],
    );
  }

  async userIds(id: string): Promise<string[]> {
    const items = await rows<{ userId: string }>(
      this.source,
      `SELECT user_id AS "userId" FROM payout_decision_items WHERE decision_id = $1 ORDER BY user_id`,
      [id],
    );
    return items.map(({ userId }) => userId);
  }

  /** @returns whether `approver` may have it applied; if so, its row is locked until the transaction ends */
  async approve(transaction: EntityManager, id: string, approver: string): Promise<boolean> {
    const approved = await rows(
      transaction,
      `WITH approved AS (
         UPDATE payout_decisions SET approved_by = $2
          WHERE id = $1 AND applied_at IS NULL AND proposed_by <> $2 AND proposed_at > now() - ${GOOD_FOR}
         RETURNING id
       ) SELECT id FROM approved`,
      [id, approver],
    );
    return approved.length > 0;
  }

  /** Locks those of its payouts that are unchanged since the proposal, after the grants of all its payouts. */
  async lock(transaction: EntityManager, id: string, states: readonly PayoutState[]): Promise<Standing[]> {
    await rows(
      transaction,
      `SELECT FROM payout_decisions d JOIN payout_decision_items item ON item.decision_id = d.id
         JOIN user_grants g ON g.campaign_id = d.campaign_id AND g.user_id = item.user_id
        WHERE d.id = $1 ORDER BY g.user_id FOR UPDATE OF g`,
      [id],
    );
    return rows<Standing>(
      transaction,
      `SELECT p.idempotency_key AS "idempotencyKey", p.campaign_id AS "campaignId", p.user_id AS "userId", p.state
         FROM payout_decisions d JOIN payout_decision_items item ON item.decision_id = d.id
         JOIN payouts p ON p.campaign_id = d.campaign_id AND p.user_id = item.user_id
        WHERE d.id = $1 AND p.fence = item.fence AND p.state = ANY ($2::text[])
        ORDER BY p.user_id FOR UPDATE OF p`,
      [id, states],
    );
  }

  async applied(transaction: EntityManager, id: string, count: number): Promise<void> {
    await rows(
      transaction,
      `WITH applied AS (
         UPDATE payout_decisions SET applied_at = now(), applied = $2 WHERE id = $1 RETURNING id
       ) SELECT id FROM applied`,
      [id, count],
    );
  }
}

/**
 * $1 campaign, $2 decision, $3 reason, $4 who, $5 states, $6 users or null, $7 last error or null, $8 held before or
 * null, $9 after, $10 limit, $11 how many that are HELD are looked at
 */
const PROPOSE = `
  WITH named AS (
    SELECT user_id, fence FROM payouts
     WHERE campaign_id = $1 AND user_id = ANY ($6::bigint[]) AND state = ANY ($5::text[]) ORDER BY user_id LIMIT $10
  ), held AS (
    SELECT user_id, fence
      FROM (SELECT user_id, fence, last_error, updated_at FROM payouts
             WHERE campaign_id = $1 AND state = 'HELD' AND user_id > $9 AND $6::bigint[] IS NULL
             ORDER BY user_id LIMIT $11) AS looked_at
     WHERE ($7::text IS NULL OR last_error = $7) AND ($8::timestamptz IS NULL OR updated_at <= $8)
     ORDER BY user_id LIMIT $10
  ), item AS (
    SELECT * FROM named UNION ALL SELECT * FROM held
  ), proposed AS (
    INSERT INTO payout_decisions (campaign_id, decision, reason, proposed_by)
    SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT FROM item) RETURNING id
  ), written AS (
    INSERT INTO payout_decision_items (decision_id, user_id, fence) SELECT id, user_id, fence FROM proposed, item
  )
  SELECT id FROM proposed`;
