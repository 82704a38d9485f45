import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { unavailable } from '../../platform/problems/problem.js';

/** How many people of a campaign are in each state (`PersonStatus`), in Postgres. */
export interface Tally {
  /** The instant of the count, by Postgres’ clock. */
  readonly asOf: Date;
  readonly pending: number;
  readonly success: number;
  readonly failed: number;
  readonly revoked: number;
  readonly reversed: number;
  readonly waiting: number;
  readonly ended: number;
  readonly left: number;
  /** Who got their slot from the line, whatever became of it since. */
  readonly promoted: number;
  readonly lastArrivalNo: number;
}

/** The counts of one stretch of arrivals. */
interface Stretch {
  readonly grants: number;
  readonly pending: number;
  /** Everybody who was ever in the line. Users who have got a slot since are among the grants, too. */
  readonly entries: number;
  readonly waiting: number;
  /** Including those who left. */
  readonly ended: number;
  readonly left: number;
}

/** What is counted over the whole campaign. */
interface Whole {
  readonly asOf: Date;
  readonly epoch: string;
  readonly failed: number;
  readonly revoked: number;
  readonly reversed: number;
  /** The last arrival number. */
  readonly last: number;
}

/** The stretches of a campaign that can't change any more, by number. */
interface Settled {
  readonly epoch: string;
  readonly stretches: Map<number, Stretch>;
}

/** Arrival numbers per stretch: some ten ms of Postgres. */
const STRETCH = 100_000;

const CAMPAIGNS_REMEMBERED = 200;

/**
 * Counts claims by their outcome, at one instant. Arrivals are counted in stretches. A stretch in which every claim has
 * come to its end does not change: a process counts it once, so a count costs only what is new since the last one, and
 * what is still open. The one thing that may change there, a paid grant whose money comes back, is taken from the
 * indexes of grants that failed or were taken back. If a count takes longer than the deadline, the next one goes on
 * from there.
 */
@Injectable()
export class ClaimTally {
  private readonly settled = new LRUCache<string, Settled>({ max: CAMPAIGNS_REMEMBERED });
  private readonly underWay = new Map<string, Promise<Tally | null>>();
  /** Settles when the counts requested so far are over: they run one at a time, so that they take one connection. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  /** Null when there is no such campaign. @throws Problem 503 when it takes too long */
  of(campaignId: string): Promise<Tally | null> {
    const underWay = this.underWay.get(campaignId);
    if (underWay) return underWay;
    const giveUpAt = performance.now() + this.environment.REQUEST_DEADLINE_MS;
    const tally = this.turn
      .then(() =>
        this.source.transaction('REPEATABLE READ', (snapshot) => this.count(snapshot, campaignId, giveUpAt)),
      )
      .finally(() => this.underWay.delete(campaignId));
    this.turn = tally.catch(() => undefined);
    this.underWay.set(campaignId, tally);
    return tally;
  }

  private async count(snapshot: EntityManager, campaignId: string, giveUpAt: number): Promise<Tally | null> {
    const [whole] = await rows<Whole>(snapshot, WHOLE, [campaignId]);
    if (!whole) return null;
    const { asOf, epoch, failed, revoked, reversed, last } = whole;
    let settled = this.settled.get(campaignId);
    if (settled?.epoch !== epoch) {
      settled = { epoch, stretches: new Map() };
      this.settled.set(campaignId, settled);
    }
    const sum = { grants: 0, pending: 0, entries: 0, waiting: 0, ended: 0, left: 0 };
    for (let number = 0; number * STRETCH < last; number++) {
      const stretch =
        settled.stretches.get(number) ?? (await this.countStretch(snapshot, campaignId, number));
      if (canChangeNoMore(stretch)) settled.stretches.set(number, stretch);
      for (const key of Object.keys(sum) as (keyof Stretch)[]) sum[key] += stretch[key];
      if (performance.now() > giveUpAt) throw unavailable('There is too much to count at once.');
    }
    return {
      asOf,
      pending: sum.pending,
      success: sum.grants - sum.pending - failed - revoked - reversed,
      failed,
      revoked,
      reversed,
      waiting: sum.waiting,
      ended: sum.ended - sum.left,
      left: sum.left,
      promoted: sum.entries - sum.waiting - sum.ended,
      lastArrivalNo: last,
    };
  }

  private async countStretch(snapshot: EntityManager, campaignId: string, number: number): Promise<Stretch> {
    const [stretch] = await rows<Stretch>(snapshot, COUNT_STRETCH, [
      campaignId,
      number * STRETCH,
      (number + 1) * STRETCH,
    ]);
    if (!stretch) throw new Error('An aggregate returned no row.');
    return stretch;
  }
}

/** Every arrival of the stretch is in Postgres, and has come to its end. */
function canChangeNoMore({ grants, pending, waiting, ended }: Stretch): boolean {
  return grants + ended === STRETCH && pending === 0 && waiting === 0;
}

/** $1 campaign. */
const WHOLE = `
  SELECT now() AS "asOf", epoch, greatest(
           (SELECT max(arrival_no) FROM user_grants WHERE campaign_id = $1),
           (SELECT max(arrival_no) FROM waiting_entries WHERE campaign_id = $1), 0)::float8 AS last,
         (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND status = 'FAILED' AND taken_back IS NULL)::int AS failed,
         (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND taken_back = 'REVOKED')::int AS revoked,
         (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND taken_back = 'REVERSED')::int AS reversed
    FROM campaigns WHERE id = $1`;

/**
 * $1 campaign, $2 after, $3 up to. A user who has a grant is no longer in the line, whatever their entry says (R8).
 * Grants are looked up only for entries without `promoted_at`.
 */
const COUNT_STRETCH = `
  SELECT grants.*, entries.*
    FROM (SELECT count(*)::int AS grants, count(*) FILTER (WHERE status = 'PENDING')::int AS pending
            FROM user_grants WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3) AS grants,
         (SELECT count(*)::int AS entries,
                 count(*) FILTER (WHERE ended_at IS NULL AND NOT has_grant)::int AS waiting,
                 count(*) FILTER (WHERE ended_at IS NOT NULL AND NOT has_grant)::int AS ended,
                 count(*) FILTER (WHERE left_at IS NOT NULL AND NOT has_grant)::int AS left
            FROM (SELECT ended_at, left_at,
                         promoted_at IS NOT NULL OR EXISTS (SELECT FROM user_grants taken
                           WHERE taken.campaign_id = entry.campaign_id AND taken.user_id = entry.user_id OFFSET 0) AS has_grant
                    FROM waiting_entries entry
                   WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3) AS entry) AS entries`;
