import type { DataSource, EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

/** A leaf as it is stored. */
export interface StoredLeaf {
  readonly index: number;
  readonly campaignId: string | null;
  readonly line: string;
}

const PAGE = 10_000;

/** The leaves from `from` to before `to`, in pages, in their order. */
export async function* leavesBetween(
  source: DataSource | EntityManager,
  from: number,
  to: number,
): AsyncGenerator<readonly StoredLeaf[]> {
  for (let first = from; first < to; first += PAGE)
    yield await rows<StoredLeaf>(
      source,
      `SELECT log_index::float8 AS index, campaign_id AS "campaignId", leaf AS line FROM log_leaves
        WHERE log_index >= $1 AND log_index < $2 ORDER BY log_index`,
      [first, Math.min(to, first + PAGE)],
    );
}
