import type { DataSource, EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/** Time and transactions of a snapshot. */
export interface Moment {
  readonly atMs: number;
  /** Transactions below are over: the feed shows what they changed. */
  readonly horizon: bigint;
  /** One past the highest transaction that is over. Those with this id or a higher one may be under way. */
  readonly end: bigint;
}

export async function readMoment(snapshot: EntityManager): Promise<Moment> {
  const [moment] = await rows<{ atMs: number; horizon: string; end: string }>(
    snapshot,
    `SELECT floor(extract(epoch FROM now()) * 1000)::float8 AS "atMs",
            pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, pg_snapshot_xmax(pg_current_snapshot())::text AS "end"`,
  );
  if (!moment) throw new Error('Postgres returned no row.');
  return { atMs: moment.atMs, horizon: BigInt(moment.horizon), end: BigInt(moment.end) };
}

/**
 * Draws a transaction id, which no transaction that has written before can have or exceed.
 * @returns the id behind it: once the horizon is there, all those transactions are over
 */
export async function drawEnd(source: DataSource): Promise<bigint> {
  const [drawn] = await rows<{ xid: string }>(source, `SELECT pg_current_xact_id()::text AS xid`);
  if (!drawn) throw new Error('Postgres returned no row.');
  return BigInt(drawn.xid) + 1n;
}
