import type { EntityManager, QueryRunner } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import type { Transfer } from '../by-provider/transfer-answer.js';
import type { OurPayout } from './difference.js';

/** Keys read at a time; the rest waits in Postgres, however large the campaign is. */
const PAGE_SIZE = 1_000;

/**
 * Transfers under one key that are compared and named: the first ones, and the first two that moved money. A provider
 * that forgot its keys may have any number.
 */
const MOST_OF_A_KEY = 10;

/** By state: the number, and the sum in minor units. */
export type Totals = Readonly<Record<string, { readonly count: number; readonly sum: string }>>;

/** What both sides hold under a key. */
export interface BothSides {
  readonly key: string;
  readonly ours: OurPayout | null;
  /** In the order in which they were made; of many, the first ten and the first two that are settled. */
  readonly theirs: readonly Transfer[];
}

/** What we hold under a key of `payouts`, or of its copy. */
export const OUR_PAYOUT = `idempotency_key AS key, json_build_object('state', state, 'body', request_body,
                'underWay', state = 'SENDING' AND leased_until > clock_timestamp()) AS ours`;

/** Both sides, as copied. The tables go with the session. */
const SHEET = `
  CREATE TEMPORARY TABLE our_payouts AS
    SELECT idempotency_key, state, request_body, leased_until FROM payouts WITH NO DATA;
  CREATE TEMPORARY TABLE statement (
    position        BIGINT GENERATED ALWAYS AS IDENTITY,
    id              TEXT   NOT NULL,
    idempotency_key TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    amount          BIGINT NOT NULL,
    transfer        JSON   NOT NULL
  )`;

/** @returns our totals, as of the instant of the copy */
export async function copyOurs(session: QueryRunner, campaignId: string): Promise<Totals> {
  await session.query(SHEET);
  return session.manager.transaction('REPEATABLE READ', async (snapshot) => {
    const found = await ourTotals(snapshot, campaignId);
    await snapshot.query(
      `INSERT INTO our_payouts
       SELECT idempotency_key, state, request_body, leased_until FROM payouts WHERE campaign_id = $1`,
      [campaignId],
    );
    return found;
  });
}

/** Adds a page of the provider's statement. */
export async function copyTheirs(sheet: EntityManager, transfers: readonly Transfer[]): Promise<void> {
  if (transfers.length === 0) return;
  await rows(
    sheet,
    `INSERT INTO statement (id, idempotency_key, state, amount, transfer)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::json[])`,
    [
      transfers.map(({ id }) => id),
      transfers.map(({ idempotencyKey }) => idempotencyKey),
      transfers.map(({ state }) => state),
      transfers.map(({ amount }) => amount),
      transfers.map((transfer) => JSON.stringify(transfer)),
    ],
  );
}

export function theirTotals(sheet: EntityManager): Promise<Totals> {
  return totals(
    sheet,
    `SELECT state, count(*)::int AS count, sum(amount)::text AS sum FROM statement GROUP BY state ORDER BY state`,
  );
}

async function ourTotals(snapshot: EntityManager, campaignId: string): Promise<Totals> {
  return totals(
    snapshot,
    `SELECT p.state, count(*)::int AS count, sum(c.amount)::text AS sum
       FROM payouts p JOIN campaigns c ON c.id = p.campaign_id
      WHERE p.campaign_id = $1 AND p.request_body IS NOT NULL GROUP BY p.state ORDER BY p.state`,
    [campaignId],
  );
}

async function totals(snapshot: EntityManager, sql: string, parameters: unknown[] = []): Promise<Totals> {
  const found = await rows<{ state: string; count: number; sum: string }>(snapshot, sql, parameters);
  return Object.fromEntries(found.map(({ state, count, sum }) => [state, { count, sum }]));
}

/** Where Postgres is before our side is copied: what changed later was not compared. */
export interface ReadAt {
  /** By Postgres' clock. */
  readonly time: Date;
  /** The id that a set-back renews (R15). */
  readonly installationId: string;
}

/** @throws Error when the table installation is empty */
export async function readAt(snapshot: EntityManager): Promise<ReadAt> {
  const [at] = await rows<ReadAt>(snapshot, `SELECT now() AS time, id AS "installationId" FROM installation`);
  if (!at) throw new Error('The table installation is empty.');
  return at;
}

/** Everything that either side holds, in order of keys. */
export async function* sides(sheet: EntityManager): AsyncGenerator<BothSides> {
  await sheet.query('ANALYZE statement, our_payouts');
  await sheet.query(
    `DECLARE sides NO SCROLL CURSOR WITH HOLD FOR
     SELECT key, ours, COALESCE(theirs, '[]') AS theirs
       FROM (SELECT ${OUR_PAYOUT} FROM our_payouts) AS here
       FULL JOIN (SELECT idempotency_key AS key, json_agg(transfer ORDER BY position) AS theirs
                    FROM (SELECT *, row_number() OVER (PARTITION BY idempotency_key ORDER BY position) AS place,
                                 row_number() OVER (PARTITION BY idempotency_key, state ORDER BY position) AS place_in_state
                            FROM statement) AS placed
                   WHERE place <= ${MOST_OF_A_KEY} OR state = 'settled' AND place_in_state <= 2
                   GROUP BY idempotency_key) AS there USING (key)
      ORDER BY key`,
  );
  for (;;) {
    const page: BothSides[] = await sheet.query(`FETCH ${PAGE_SIZE} FROM sides`);
    yield* page;
    if (page.length < PAGE_SIZE) return;
  }
}
