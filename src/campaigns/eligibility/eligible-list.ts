import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Operator } from '../../platform/admin/operator.js';
import { recordAct } from '../../platform/admin/record-act.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { takeTurn } from '../campaign-turn.js';

/** `frozen`: the list is frozen, or the campaign has opened, is over, or has no list: nothing was changed. */
export type ListChange =
  | {
      readonly kind: 'changed';
      /** How many people came or went. */
      readonly people: number;
      /** How many people are on the list now. */
      readonly eligibleCount: number;
    }
  | { readonly kind: 'frozen' };

/** `refused`: the campaign has opened, is over, or has no list. */
export type Freezing =
  | {
      readonly kind: 'frozen';
      /** How many people are on the list for good. */
      readonly eligibleCount: number;
      /** Since when. */
      readonly frozenAt: Date;
    }
  | { readonly kind: 'refused' };

/** Part of a list. */
export interface EligiblePage {
  /** In order of user ids. */
  readonly userIds: readonly string[];
  /** The user id after which the next page begins; null on the last. */
  readonly next: string | null;
}

/** Who may claim in campaigns with a list (R33), for operators. */
@Injectable()
export class EligibleList {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectDataSource(READS) private readonly reads: DataSource,
  ) {}

  /**
   * Puts people on the list. Safe to repeat: whoever is on it stays on it.
   * @throws the driver's error (55P03) when the campaign's turn does not come in time
   */
  add(campaignId: string, userIds: readonly string[], operator: Operator): Promise<ListChange> {
    return this.change(campaignId, operator, {
      act: 'eligible-added',
      detail: {},
      by: (transaction) => rows(transaction, ADD, [campaignId, userIds]),
      sign: 1,
    });
  }

  /** Takes one person off the list. Otherwise as `add`. */
  remove(campaignId: string, userId: string, operator: Operator): Promise<ListChange> {
    return this.change(campaignId, operator, {
      act: 'eligible-removed',
      detail: { userId },
      by: (transaction) => rows(transaction, REMOVE, [campaignId, userId]),
      sign: -1,
    });
  }

  /**
   * Freezes the list before the campaign opens, so that the log commits to it by then. Safe to repeat; only the first
   * is in the trail.
   * @throws the driver's error (55P03) when the campaign's turn does not come in time
   */
  freeze(campaignId: string, operator: Operator): Promise<Freezing> {
    return this.source.transaction(async (transaction) => {
      await takeTurn(transaction, campaignId);
      const [before] = await rows<{ isFrozen: boolean }>(transaction, HOLD_UNOPENED_LIST, [campaignId]);
      if (!before) return { kind: 'refused' };
      const [list] = await rows<{ eligibleCount: number; frozenAt: Date }>(transaction, FREEZE, [campaignId]);
      if (!list) throw new Error('A campaign whose row is held was not updated.');
      const detail = { eligibleCount: list.eligibleCount };
      if (!before.isFrozen)
        await recordAct(transaction, { act: 'eligible-frozen', campaignId, detail, ...operator });
      return { kind: 'frozen', ...list };
    });
  }

  /** Whether a user is on the list; null when the campaign has none, or is archived. */
  async has(campaignId: string, userId: string): Promise<boolean | null> {
    const [found] = await rows<{ isOn: boolean }>(
      this.reads,
      `SELECT EXISTS (SELECT FROM campaign_eligible WHERE campaign_id = $1 AND user_id = $2) AS "isOn"
         FROM campaigns WHERE id = $1 AND eligibility = 'list' AND archived_at IS NULL`,
      [campaignId, userId],
    );
    return found?.isOn ?? null;
  }

  /** The people with user ids above `after`, `limit` at most. */
  async page(campaignId: string, after: string, limit: number): Promise<EligiblePage> {
    const found = await rows<{ userId: string }>(
      this.reads,
      `SELECT user_id AS "userId" FROM campaign_eligible WHERE campaign_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3`,
      [campaignId, after, limit],
    );
    const userIds = found.map(({ userId }) => userId);
    return { userIds, next: userIds.length === limit ? (userIds.at(-1) ?? null) : null };
  }

  private change(campaignId: string, operator: Operator, step: ListStep): Promise<ListChange> {
    return this.source.transaction(async (transaction) => {
      await takeTurn(transaction, campaignId);
      // Holds the row until the commit: whoever freezes the list waits, and then finds it as it was changed.
      const [held] = await rows<{ eligibleCount: number }>(transaction, HOLD_OPEN_LIST, [campaignId]);
      if (!held) return { kind: 'frozen' };
      const people = (await step.by(transaction)).length;
      const eligibleCount = held.eligibleCount + step.sign * people;
      if (people === 0) return { kind: 'changed', people, eligibleCount };
      await rows(transaction, COUNT, [campaignId, eligibleCount]);
      const detail = { ...step.detail, people, eligibleCount };
      await recordAct(transaction, { act: step.act, campaignId, detail, ...operator });
      return { kind: 'changed', people, eligibleCount };
    });
  }
}

interface ListStep {
  readonly act: 'eligible-added' | 'eligible-removed';
  readonly detail: Readonly<Record<string, unknown>>;
  /** @returns a row a person who was put on the list or taken off it */
  readonly by: (transaction: EntityManager) => Promise<unknown[]>;
  readonly sign: 1 | -1;
}

/** The clock itself: now() is from before the turn came. */
const IS_UNOPENED = `
  eligibility = 'list' AND state <> 'CLOSED' AND finished_at IS NULL AND opens_at > clock_timestamp()`;

/** $1 campaign. */
const HOLD_OPEN_LIST = `
  SELECT eligible_count AS "eligibleCount" FROM campaigns
   WHERE id = $1 AND eligible_frozen_at IS NULL AND ${IS_UNOPENED} FOR UPDATE`;

/** $1 campaign. */
const HOLD_UNOPENED_LIST = `
  SELECT eligible_frozen_at IS NOT NULL AS "isFrozen" FROM campaigns WHERE id = $1 AND ${IS_UNOPENED} FOR UPDATE`;

/** $1 campaign, whose row is held. */
const FREEZE = `
  WITH frozen AS (
    UPDATE campaigns SET eligible_frozen_at = COALESCE(eligible_frozen_at, clock_timestamp()), updated_at = now()
     WHERE id = $1 RETURNING eligible_count, eligible_frozen_at
  ) SELECT eligible_count AS "eligibleCount", eligible_frozen_at AS "frozenAt" FROM frozen`;

/** $1 campaign, $2 users. In order, so that two statements that write the same rows can't deadlock. */
const ADD = `
  INSERT INTO campaign_eligible (campaign_id, user_id)
  SELECT $1, user_id FROM unnest($2::bigint[]) AS added (user_id) ORDER BY user_id
  ON CONFLICT DO NOTHING RETURNING user_id`;

/** $1 campaign, $2 user. */
const REMOVE = `
  WITH removed AS (
    DELETE FROM campaign_eligible WHERE campaign_id = $1 AND user_id = $2 RETURNING user_id
  ) SELECT user_id FROM removed`;

/** $1 campaign, whose row is held; $2 people on the list. */
const COUNT = `
  WITH counted AS (
    UPDATE campaigns SET eligible_count = $2, updated_at = now() WHERE id = $1 RETURNING id
  ) SELECT id FROM counted`;
