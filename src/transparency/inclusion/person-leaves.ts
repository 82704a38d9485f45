import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

/** A leaf that names an arrival number. */
export interface PersonLeaf {
  readonly index: number;
  readonly line: string;
}

/** What the log holds of some people of a campaign, and what opens their commitments. */
export interface PersonLeaves {
  /** K of docs/transparency.md; null when the campaign has none: it is older than the log, or its key was destroyed. */
  readonly key: Uint8Array | null;
  /** Whether the log takes no more of the campaign, so that what is missing stays missing. */
  readonly isOver: boolean;
  /** By arrival number, in order of the log: published ones and others. */
  readonly byNumber: ReadonlyMap<number, readonly PersonLeaf[]>;
}

interface Row {
  readonly key: Uint8Array | null;
  readonly isOver: boolean;
  readonly arrivalNo: number | null;
  readonly index: number;
  readonly line: string;
}

/** Reads the leaves of these people. */
export async function readPersonLeaves(
  source: DataSource,
  campaignId: string,
  arrivalNos: readonly number[],
): Promise<PersonLeaves> {
  const found = await rows<Row>(source, FIND, [campaignId, arrivalNos]);
  const byNumber = new Map<number, PersonLeaf[]>();
  for (const { arrivalNo, index, line } of found) {
    if (arrivalNo === null) continue;
    const leaves = byNumber.get(arrivalNo) ?? [];
    byNumber.set(arrivalNo, [...leaves, { index, line }]);
  }
  const [first] = found;
  return { key: first?.key ?? null, isOver: first?.isOver ?? false, byNumber };
}

/** $1 campaign, $2 arrival numbers. Each is found by its index: a person has a handful of leaves. */
const FIND = `
  SELECT secret.key, COALESCE(known.standing <> 'open', false) AS "isOver",
         leaf.arrival_no::float8 AS "arrivalNo", leaf.log_index::float8 AS index, leaf.leaf AS line
    FROM (SELECT $1::text AS campaign_id) AS asked
    LEFT JOIN campaign_log_keys AS secret USING (campaign_id)
    LEFT JOIN log_campaigns AS known USING (campaign_id)
    LEFT JOIN (
      SELECT leaf.* FROM unnest($2::bigint[]) AS wanted (arrival_no)
       CROSS JOIN LATERAL (
         SELECT arrival_no, log_index, leaf FROM log_leaves
          WHERE campaign_id = $1 AND arrival_no = wanted.arrival_no OFFSET 0) AS leaf
    ) AS leaf ON true
   ORDER BY leaf.log_index`;
