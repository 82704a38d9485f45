import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { recordAct } from '../../platform/admin/record-act.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { rejectionReason, type Transfer } from '../by-provider/transfer-answer.js';
import { PayoutConclusions } from '../payout-conclusions.js';
import { postgresOptions } from '../../platform/postgres/postgres-options.js';
import { rows } from '../../platform/postgres/rows.js';
import {
  APPLICABLE,
  differenceBetween,
  type DifferenceKind,
  isApplicable,
  isUndecided,
  type OurPayout,
} from './difference.js';
import { type ProviderAddress, readStatement } from './provider-statement.js';
import { rememberComparison, takeOver } from './take-over.js';

/** Keys compared at a time; the rest waits in Postgres, however large the campaign is. */
const BITE = 1_000;
const STATEMENT_TIMEOUT_MS = 600_000;

/** The actor of an applied difference, in payout_events and in the trail. */
const ACTOR = 'reconcile';

export interface ReconcileOptions {
  readonly databaseUrl: string;
  readonly provider: ProviderAddress;
  /** Whether to apply what can be applied. Otherwise nothing changes. */
  readonly apply: boolean;
  /** Transfers per page, 1..1000. */
  readonly pageSize?: number;
}

export interface Difference {
  readonly kind: DifferenceKind;
  readonly idempotencyKey: string;
  /** Null when there is no such payout. */
  readonly ours: string | null;
  /** Each transfer under the key as `<id> <state>`. */
  readonly theirs: readonly string[];
  readonly applied: boolean;
}

/** By state: the number, and the sum in minor units. */
export type Totals = Readonly<Record<string, { readonly count: number; readonly sum: string }>>;

export interface Reconciliation {
  readonly campaignId: string;
  readonly ours: Totals;
  readonly theirs: Totals;
  readonly differences: Readonly<Partial<Record<DifferenceKind, number>>>;
  readonly applied: number;
  /** Differences that remain. */
  readonly remaining: number;
  /** Keys on which the sides do not differ yet: the payout is in doubt here, or pending there. */
  readonly undecided: number;
}

/** There is nothing to reconcile. */
export class UnknownCampaignError extends Error {
  override readonly name = 'UnknownCampaignError';
}

/**
 * Compares our payouts with the provider's statement, both ways. The campaign may go on meanwhile: our side is read as
 * of one instant before the statement is asked for, so theirs is never the older one, and what differs is read again.
 * @param name is called with each difference as it is found
 * @throws UnknownCampaignError; StatementError; the driver's errors when Postgres can't be asked
 */
export async function reconcile(
  { databaseUrl, provider, apply, pageSize = BITE }: ReconcileOptions,
  campaignId: string,
  name: (difference: Difference) => void,
): Promise<Reconciliation> {
  const source = new DataSource(
    postgresOptions({
      url: databaseUrl,
      poolSize: 2, // one for the sheet with both sides, one to read again and to apply
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName: 'seonchak-reconcile',
    }),
  );
  await source.initialize();
  const session = source.createQueryRunner();
  try {
    const conclusions = new PayoutConclusions(source, new Metrics());
    const { manager: sheet } = session;
    const asOf = await timeOf(sheet);
    const ours = await copyOurs(session, campaignId);
    // No transaction is open while the provider is asked: it would keep vacuum and migrations waiting.
    for await (const transfers of readStatement(provider, campaignId, pageSize))
      await stage(sheet, transfers);
    const theirs = await totals(sheet, THEIR_TOTALS);

    const differences: Partial<Record<DifferenceKind, number>> = {};
    let [applied, remaining, undecided] = [0, 0, 0];
    for await (const side of sides(sheet)) {
      let now = side;
      if (differenceBetween(now.key, now.ours, now.theirs) !== null) {
        now = { ...side, ours: await lookAgain(source, side.key) };
        const [first] = side.theirs;
        if (apply && !now.ours && first && (await takeOver(source, campaignId, first, ACTOR)))
          now = { ...side, ours: await lookAgain(source, side.key) };
      }
      const kind = differenceBetween(now.key, now.ours, now.theirs);
      if (kind === null) {
        if (isUndecided(now.ours, now.theirs)) undecided++;
        continue;
      }
      const isApplied = apply && (await applyTo(conclusions, campaignId, kind, now));
      differences[kind] = (differences[kind] ?? 0) + 1;
      if (isApplied) applied++;
      else remaining++;
      name({
        kind,
        idempotencyKey: now.key,
        ours: now.ours?.state ?? null,
        theirs: now.theirs.map(({ id, state }) => `${id} ${state}`),
        applied: isApplied,
      });
    }
    if (apply) await rememberComparison(source, campaignId, asOf);
    return { campaignId, ours, theirs, differences, applied, remaining, undecided };
  } finally {
    await session.release();
    await source.destroy();
  }
}

/** What both sides hold under a key. */
interface BothSides {
  readonly key: string;
  readonly ours: OurPayout | null;
  readonly theirs: readonly Transfer[];
}

const OURS = `idempotency_key AS key, json_build_object('state', state, 'body', request_body,
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
async function copyOurs(session: QueryRunner, campaignId: string): Promise<Totals> {
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

async function stage(sheet: EntityManager, transfers: readonly Transfer[]): Promise<void> {
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

const THEIR_TOTALS = `SELECT state, count(*)::int AS count, sum(amount)::text AS sum FROM statement GROUP BY state ORDER BY state`;

async function ourTotals(snapshot: EntityManager, campaignId: string): Promise<Totals> {
  const campaign = await rows(snapshot, `SELECT id FROM campaigns WHERE id = $1`, [campaignId]);
  if (campaign.length === 0) throw new UnknownCampaignError(`There is no campaign ${campaignId}.`);
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

/** Postgres' time before our side is copied: what changed later was not compared. */
async function timeOf(snapshot: EntityManager): Promise<Date> {
  const [clock] = await rows<{ now: Date }>(snapshot, `SELECT now() AS now`);
  if (!clock) throw new Error('Postgres has no clock.');
  return clock.now;
}

/** Everything that either side holds, in order of keys. */
async function* sides(sheet: EntityManager): AsyncGenerator<BothSides> {
  await sheet.query('ANALYZE statement, our_payouts');
  await sheet.query(
    `DECLARE sides NO SCROLL CURSOR WITH HOLD FOR
     SELECT key, ours, COALESCE(theirs, '[]') AS theirs
       FROM (SELECT ${OURS} FROM our_payouts) AS here
       FULL JOIN (SELECT idempotency_key AS key, json_agg(transfer ORDER BY position) AS theirs
                    FROM statement GROUP BY idempotency_key) AS there USING (key)
      ORDER BY key`,
  );
  for (;;) {
    const bite: BothSides[] = await sheet.query(`FETCH ${BITE} FROM sides`);
    yield* bite;
    if (bite.length < BITE) return;
  }
}

/** What we hold under the key now: news may have come since the snapshot. */
async function lookAgain(source: DataSource, key: string): Promise<OurPayout | null> {
  const [found] = await rows<{ ours: OurPayout }>(
    source,
    `SELECT ${OURS} FROM payouts WHERE idempotency_key = $1`,
    [key],
  );
  return found?.ours ?? null;
}

/**
 * Records what the provider says, where the payout's states allow it. The reaper tells the gate.
 * @returns whether our books now say the same
 */
async function applyTo(
  conclusions: PayoutConclusions,
  campaignId: string,
  kind: DifferenceKind,
  { key, theirs: [transfer] }: BothSides,
): Promise<boolean> {
  if (!transfer || !isApplicable(kind)) return false;
  const state = APPLICABLE[kind];
  const { effect } = await conclusions.conclude(
    {
      idempotencyKey: key,
      state,
      providerReference: transfer.id,
      reason: state === 'REJECTED' ? rejectionReason(transfer.reason) : null,
      actor: ACTOR,
    },
    async (transaction, done) => {
      if (done !== 'applied') return;
      const detail = { userId: transfer.userId, state };
      await recordAct(transaction, { act: 'payout-reconciled', actor: ACTOR, campaignId, detail });
    },
  );
  return effect === 'applied' || effect === 'known';
}
