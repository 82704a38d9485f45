import { DataSource, type EntityManager } from 'typeorm';
import { recordAct } from '../../platform/admin/record-act.js';
import type { PayoutProvider } from '../../platform/config/settings/payouts.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { rejectionReason } from '../by-provider/transfer-answer.js';
import { PayoutConclusions } from '../payout-conclusions.js';
import { postgresOptions } from '../../platform/postgres/postgres-options.js';
import { rows } from '../../platform/postgres/rows.js';
import {
  type BothSides,
  copyOurs,
  copyTheirs,
  OUR_PAYOUT,
  readAt,
  sides,
  theirTotals,
  type Totals,
} from './comparison-sheet.js';
import {
  APPLICABLE,
  type Difference,
  differenceBetween,
  type DifferenceKind,
  isApplicable,
  isUndecided,
  type OurPayout,
} from './difference.js';
import { keepReport, MOST_KEPT } from './kept-report.js';
import { type ProviderAddress, readStatement } from './provider-statement.js';
import { rememberComparison, takeOver } from './take-over.js';

const PAGE_SIZE = 1_000;
/** What one statement over all payouts of a campaign may take. */
const SHEET_TIMEOUT_MS = 600_000;
/** For how long others wait for the rows of a payout at most, should this process freeze while it applies. */
const ROWS_TIMEOUT_MS = 10_000;

/** The actor of an applied difference, in payout_events and in the trail. */
const ACTOR = 'reconcile';

export interface ReconcileOptions {
  readonly databaseUrl: string;
  /** Null: none is configured here. Then only campaigns that the ledger pays can be told of. */
  readonly provider: ProviderAddress | null;
  /** Whether to apply what can be applied. Otherwise nothing changes but the report that is kept. */
  readonly apply: boolean;
  /** Transfers per page, 1..1000; default: 1000. */
  readonly pageSize?: number;
}

export interface Reconciliation {
  readonly campaignId: string;
  /** Who pays the campaign: with `ledger`, the provider should have nothing of it. Null: nobody has yet. */
  readonly payoutProvider: PayoutProvider | null;
  readonly ours: Totals;
  /** Null: the ledger pays the campaign, and no provider is configured whom it could be compared with. */
  readonly theirs: Totals | null;
  readonly differences: Readonly<Partial<Record<DifferenceKind, number>>>;
  readonly applied: number;
  /** Differences that remain. */
  readonly remaining: number;
  /** Keys on which the sides do not differ yet: the payout is in doubt here, or pending there. */
  readonly undecided: number;
}

/** The provider's statement is needed, and no provider is configured. */
export class NoProviderError extends Error {
  override readonly name = 'NoProviderError';
}

/** There is nothing to reconcile. */
export class UnknownCampaignError extends Error {
  override readonly name = 'UnknownCampaignError';
}

/**
 * Compares our payouts with the provider's statement, both ways. The campaign may go on meanwhile: our side is read as
 * of one instant before the statement is asked for, so theirs is never the older one, and what differs is read again.
 * @param name is called with each difference as it is found
 * @throws UnknownCampaignError; NoProviderError; StatementError; the driver's errors when Postgres can't be asked
 */
export async function reconcile(
  options: ReconcileOptions,
  campaignId: string,
  name: (difference: Difference) => void,
): Promise<Reconciliation> {
  const { databaseUrl } = options;
  const sheets = connectionTo(databaseUrl, SHEET_TIMEOUT_MS);
  const source = connectionTo(databaseUrl, ROWS_TIMEOUT_MS);
  try {
    await sheets.initialize();
    await source.initialize();
    return await compare(sheets, source, options, campaignId, name);
  } finally {
    for (const one of [sheets, source]) if (one.isInitialized) await one.destroy();
  }
}

/** Of one session; a transaction that stands still for `timeoutMs` is ended, too. */
function connectionTo(databaseUrl: string, timeoutMs: number): DataSource {
  return new DataSource(
    postgresOptions({
      url: databaseUrl,
      poolSize: 1,
      statementTimeoutMs: timeoutMs,
      applicationName: 'seonchak-reconcile',
    }),
  );
}

/**
 * @param sheets for the sheet with both sides
 * @param source to read again and to apply: in it, rows are locked that the service needs
 */
async function compare(
  sheets: DataSource,
  source: DataSource,
  { provider, apply, pageSize = PAGE_SIZE }: ReconcileOptions,
  campaignId: string,
  name: (difference: Difference) => void,
): Promise<Reconciliation> {
  const session = sheets.createQueryRunner();
  try {
    const conclusions = new PayoutConclusions(source, new Metrics());
    const { manager: sheet } = session;
    const asOf = await readAt(sheet);
    const payoutProvider = await providerOf(sheet, campaignId);
    if (!provider && payoutProvider !== 'ledger')
      throw new NoProviderError(
        `The ledger does not pay campaign ${campaignId}: the provider is to be asked.`,
      );
    const ours = await copyOurs(session, campaignId);
    if (!provider) {
      const nothing = { differences: {}, applied: 0, remaining: 0, undecided: 0 };
      return { campaignId, payoutProvider, ours, theirs: null, ...nothing };
    }
    // No transaction is open while the provider is asked: it would keep vacuum and migrations waiting.
    for await (const transfers of readStatement(provider, campaignId, pageSize))
      await copyTheirs(sheet, transfers);
    const theirs = await theirTotals(sheet);

    const differences: Partial<Record<DifferenceKind, number>> = {};
    const kept: Difference[] = [];
    let [applied, remaining, undecided] = [0, 0, 0];
    for await (const side of sides(sheet)) {
      let now = side;
      if (differenceBetween(now.key, now.ours, now.theirs) !== null) {
        now = { ...side, ours: await lookAgain(source, side.key) };
        const [first] = side.theirs;
        const mayBeOurs = apply && payoutProvider !== 'ledger' && !now.ours;
        if (mayBeOurs && first && (await takeOver(source, campaignId, first, ACTOR)))
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
      const difference = {
        kind,
        idempotencyKey: now.key,
        ours: now.ours?.state ?? null,
        theirs: now.theirs.map(({ id, state }) => `${id} ${state}`),
        applied: isApplied,
      };
      if (kept.length < MOST_KEPT) kept.push(difference);
      name(difference);
    }
    await keepReport(source, campaignId, { comparedAt: asOf.time, applied, remaining, undecided }, kept);
    if (apply) await rememberComparison(source, campaignId, asOf);
    return { campaignId, payoutProvider, ours, theirs, differences, applied, remaining, undecided };
  } finally {
    await session.release();
  }
}

async function providerOf(session: EntityManager, campaignId: string): Promise<PayoutProvider | null> {
  const [campaign] = await rows<{ provider: PayoutProvider | null }>(
    session,
    `SELECT payout_provider AS provider FROM campaigns WHERE id = $1`,
    [campaignId],
  );
  if (!campaign) throw new UnknownCampaignError(`There is no campaign ${campaignId}.`);
  return campaign.provider;
}

/** What we hold under the key now: news may have come since the snapshot. */
async function lookAgain(source: DataSource, key: string): Promise<OurPayout | null> {
  const [found] = await rows<{ ours: OurPayout }>(
    source,
    `SELECT ${OUR_PAYOUT} FROM payouts WHERE idempotency_key = $1`,
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
