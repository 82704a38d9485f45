import type { EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { toBase64 } from '../formats/bytes.js';
import { eligibleRoot } from '../formats/eligible-list.js';
import type { Commitments } from './commitments.js';

/** People who are read at once: between two pages the process does other work. */
const PAGE = 10_000;
/** Commitments in one row. */
const PART = 1_024;
/** Below every user id. */
const FIRST = '0';

/** Everybody on the list of a campaign, as the log says it. */
export interface FrozenList {
  readonly campaignId: string;
  /** C of each, in base64, ascending: the order tells nothing about the people. */
  readonly commitments: readonly string[];
  /** In base64. */
  readonly root: string;
}

/**
 * Reads a list that is frozen: it is the same whenever it is read. Memory: some 100 bytes a person.
 * @param snapshot in which the list is frozen
 */
export async function readFrozenList(
  snapshot: EntityManager,
  campaignId: string,
  commitments: Commitments,
): Promise<FrozenList> {
  const all: string[] = [];
  for (let after = FIRST; ;) {
    const found = await rows<{ userId: string }>(
      snapshot,
      `SELECT user_id::text AS "userId" FROM campaign_eligible
        WHERE campaign_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3`,
      [campaignId, after, PAGE],
    );
    for (const { userId } of found) all.push(commitments.toUser(userId));
    const last = found.at(-1);
    if (!last || found.length < PAGE) break;
    after = last.userId;
  }
  all.sort();
  return { campaignId, commitments: all, root: toBase64(eligibleRoot(all)) };
}

/** Keeps what the terms commit to, for whoever checks them. Safe to repeat. */
export async function keepFrozenList(
  transaction: EntityManager,
  { campaignId, commitments }: FrozenList,
): Promise<void> {
  const parts = Array.from({ length: Math.ceil(commitments.length / PART) }, (_, part) =>
    Buffer.concat(
      commitments.slice(part * PART, (part + 1) * PART).map((text) => Buffer.from(text, 'base64')),
    ),
  );
  await rows(
    transaction,
    `INSERT INTO eligible_commitments (campaign_id, part, commitments)
     SELECT $1, ordinality - 1, commitments FROM unnest($2::bytea[]) WITH ORDINALITY AS part (commitments)
     ON CONFLICT (campaign_id, part) DO NOTHING RETURNING part`,
    [campaignId, parts],
  );
}
