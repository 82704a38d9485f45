import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';
import type { ChangeKind } from './change-kinds.js';

/** A place in the feed: behind a change, and before the next one. */
export interface ChangePosition {
  /** The transaction's id, an xid8 as text. */
  readonly xid: string;
  /** Of the change within the transaction, a BIGINT as text; 0 is before all of them. */
  readonly id: string;
}

/** What one committed statement changed in one campaign. */
export interface Change {
  readonly position: ChangePosition;
  /** When its transaction began, by Postgres' clock. */
  readonly at: Date;
  readonly campaignId: string;
  readonly kind: ChangeKind;
  /** Whom it concerns, ascending; empty for `terms`, `listed`, `state` and `finished`. */
  readonly arrivalNos: readonly number[];
  /** Of `terms`, `listed` and `state`: what holds from then on, times in ms since 1970; else null. */
  readonly detail: unknown;
}

/**
 * The changes that were committed, in an order in which none is missed and none comes twice (docs/adr/0040). Claims of
 * newcomers are not among them. Each reader keeps its place here; what all of them have read is deleted.
 */
@Injectable()
export class ChangeFeed {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * Has changes kept for this reader. Safe to repeat: a reader that is known goes on where it was.
   *
   * A transaction that is under way at that moment may not see the reader, and then its changes are missing. Whoever
   * must know of all looks at the rows themselves once those transactions are over.
   * @param on the transaction that has something to be told from then on, if there is one
   * @returns the place behind which the reader has to read
   */
  async register(name: string, on: DataSource | EntityManager = this.source): Promise<ChangePosition> {
    // Whoever sees the reader is under way now, or begins later: no such transaction is below the horizon.
    await rows(
      on,
      `INSERT INTO change_readers (name, xid, id) VALUES ($1, pg_snapshot_xmin(pg_current_snapshot()), 0)
       ON CONFLICT DO NOTHING RETURNING name`,
      [name],
    );
    return this.positionOf(name, on);
  }

  /** @throws Error when there is no such reader, or it has read more than this server has written */
  async positionOf(name: string, on: DataSource | EntityManager = this.source): Promise<ChangePosition> {
    const [found] = await rows<ChangePosition & { readonly isAhead: boolean }>(
      on,
      `SELECT xid::text, id::text, ${IS_AHEAD} AS "isAhead" FROM change_readers WHERE name = $1`,
      [name],
    );
    if (!found) throw new Error(`${name} is not registered as a reader of changes.`);
    const { isAhead, ...position } = found;
    if (isAhead)
      throw new Error(
        `The reader ${name} has read up to transaction ${position.xid}, which this server has not come to: the database ` +
          `was restored into another server. See docs/transparency.md#restoring-into-another-server`,
      );
    return position;
  }

  /** Keeps nothing for this reader any more. */
  async unregister(name: string, on: DataSource | EntityManager = this.source): Promise<void> {
    await rows(
      on,
      `WITH gone AS (DELETE FROM change_readers WHERE name = $1 RETURNING name) SELECT name FROM gone`,
      [name],
    );
  }

  /**
   * The next changes, at most `limit`, as the caller's snapshot shows them. A change is shown once every transaction
   * with a lower id is over: until then one of them might commit a change that belongs before it.
   * @param below only changes of transactions with lower ids; null for all that are shown
   */
  async read(
    snapshot: EntityManager,
    after: ChangePosition,
    limit: number,
    below: bigint | null = null,
  ): Promise<readonly Change[]> {
    const found = await rows<Omit<Change, 'position'> & ChangePosition>(
      snapshot,
      `SELECT xid::text, id::text, at, campaign_id AS "campaignId", kind, arrival_nos::float8[] AS "arrivalNos", detail
         FROM changes
        WHERE (xid, id) > ($1::xid8, $2::bigint) AND xid < LEAST(pg_snapshot_xmin(pg_current_snapshot()), $4::xid8)
        ORDER BY changes.xid, changes.id LIMIT $3`,
      [after.xid, after.id, limit, below],
    );
    return found.map(({ xid, id, ...change }) => ({ position: { xid, id }, ...change }));
  }

  /** Whether there is any change behind this place, also one that is not shown yet. */
  async hasMore(snapshot: EntityManager, after: ChangePosition): Promise<boolean> {
    const [found] = await rows<{ hasMore: boolean }>(
      snapshot,
      `SELECT EXISTS (SELECT FROM changes WHERE (xid, id) > ($1::xid8, $2::bigint)) AS "hasMore"`,
      [after.xid, after.id],
    );
    return found?.hasMore === true;
  }

  /**
   * Records how far a reader has come, in the transaction that keeps what it made of the changes.
   * @throws Error when the reader is not registered, or has come further: somebody else reads under this name
   */
  async confirm(transaction: EntityManager, name: string, { xid, id }: ChangePosition): Promise<void> {
    const moved = await rows(
      transaction,
      `WITH moved AS (
         UPDATE change_readers SET xid = $2::xid8, id = $3::bigint, at = now()
          WHERE name = $1 AND (xid, id) <= ($2::xid8, $3::bigint) RETURNING name
       ) SELECT name FROM moved`,
      [name, xid, id],
    );
    if (moved.length === 0) throw new Error(`${name} is not at its place in the changes.`);
  }

  /**
   * Deletes changes that every reader has read, at most `limit`. Those that another process is deleting are skipped.
   * @returns how many
   */
  async prune(limit: number): Promise<number> {
    return (await rows(this.source, PRUNE, [limit])).length;
  }
}

/**
 * Of a reader, in SQL: it has read what this server is yet to write. Ids of transactions begin anew in another server,
 * so whatever is written now would count as read.
 */
export const IS_AHEAD = `xid > pg_snapshot_xmax(pg_current_snapshot())`;

/** $1 how many. Costs a look-up in an index while there are none, however much a slow reader has left. */
const PRUNE = `
  WITH slowest AS (
    SELECT xid, id FROM change_readers ORDER BY change_readers.xid, change_readers.id LIMIT 1
  ), gone AS (
    DELETE FROM changes WHERE id = ANY (ARRAY(
      SELECT id FROM changes done
       WHERE NOT EXISTS (SELECT FROM change_readers WHERE ${IS_AHEAD})
         AND (done.xid, done.id) <= (COALESCE((SELECT xid FROM slowest), '18446744073709551615'::xid8),
                                     COALESCE((SELECT id FROM slowest), 0))
       ORDER BY done.xid, done.id LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING id
  ) SELECT id FROM gone`;
