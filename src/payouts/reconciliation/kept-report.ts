import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import type { Difference, DifferenceKind } from './difference.js';

/** How many differences of a reconciliation are kept: more are not worked through by hand. */
export const MOST_KEPT = 1_000;

/** The numbers of a reconciliation. */
export interface KeptReport {
  /** As of when our side was read. */
  readonly comparedAt: Date;
  readonly applied: number;
  readonly remaining: number;
  readonly undecided: number;
}

/** A difference as it was found. */
export interface KeptDifference {
  readonly idempotencyKey: string;
  /** Null when there is no such payout here. */
  readonly userId: string | null;
  readonly kind: DifferenceKind;
  readonly ours: string | null;
  readonly theirs: string[];
  readonly applied: boolean;
}

/**
 * Replaces what the last reconciliation of a campaign left, unless that one compared later. One that compared later
 * than now did so by a clock that was set back since (R27): it is replaced, too.
 * @param differences `MOST_KEPT` at most
 */
export async function keepReport(
  source: DataSource,
  campaignId: string,
  { comparedAt, applied, remaining, undecided }: KeptReport,
  differences: readonly Difference[],
): Promise<void> {
  await source.transaction(async (transaction) => {
    const replaced = await rows(
      transaction,
      `INSERT INTO reconciliation_reports AS kept (campaign_id, compared_at, applied, remaining, undecided)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (campaign_id) DO UPDATE
         SET (compared_at, applied, remaining, undecided) =
             (excluded.compared_at, excluded.applied, excluded.remaining, excluded.undecided)
       WHERE kept.compared_at <= excluded.compared_at OR kept.compared_at > now()
       RETURNING campaign_id`,
      [campaignId, comparedAt, applied, remaining, undecided],
    );
    if (replaced.length === 0) return;
    await transaction.query(`DELETE FROM reconciliation_differences WHERE campaign_id = $1`, [campaignId]);
    await transaction.query(
      `INSERT INTO reconciliation_differences (campaign_id, idempotency_key, kind, ours, theirs, applied)
       SELECT $1, "idempotencyKey", kind, ours, theirs, applied
         FROM json_to_recordset($2) AS found
              ("idempotencyKey" text, kind text, ours text, theirs text[], applied boolean)`,
      [campaignId, JSON.stringify(differences)],
    );
  });
}

/** @returns null when the campaign was never compared */
export async function readReport(source: DataSource, campaignId: string): Promise<KeptReport | null> {
  const [report] = await rows<KeptReport>(
    source,
    `SELECT compared_at AS "comparedAt", applied, remaining, undecided
       FROM reconciliation_reports WHERE campaign_id = $1`,
    [campaignId],
  );
  return report ?? null;
}

/** The campaigns whose last reconciliation found differences that it did not apply, the longest ago first. */
export function unresolvedReports(
  source: DataSource,
  limit: number,
): Promise<(Pick<KeptReport, 'comparedAt' | 'remaining'> & { readonly campaignId: string })[]> {
  return rows(
    source,
    `SELECT campaign_id AS "campaignId", remaining, compared_at AS "comparedAt"
       FROM reconciliation_reports WHERE remaining > 0 ORDER BY compared_at LIMIT $1`,
    [limit],
  );
}

/** One page of the differences, in order of their keys, beginning after `after`. */
export function readDifferences(
  source: DataSource,
  campaignId: string,
  after: string,
  limit: number,
): Promise<KeptDifference[]> {
  return rows<KeptDifference>(
    source,
    `SELECT d.idempotency_key AS "idempotencyKey", p.user_id AS "userId", kind, ours, theirs, applied
       FROM reconciliation_differences d LEFT JOIN payouts p ON p.idempotency_key = d.idempotency_key
      WHERE d.campaign_id = $1 AND d.idempotency_key > $2 ORDER BY d.idempotency_key LIMIT $3`,
    [campaignId, after, limit],
  );
}
