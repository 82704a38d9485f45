import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { toBase64 } from '../formats/bytes.js';
import { hashLeaf } from '../formats/merkle-tree.js';
import { TreeEdge } from '../formats/tree-edge.js';
import type { Commitments } from './commitments.js';
import { Slices } from './slices.js';
import { SortedCommitments } from './sorted-commitments.js';

/** People who are read at once: the driver takes some milliseconds for them. */
const PAGE = 2_000;
/** Commitments in one row, and rows that one statement inserts. */
const PART = 1_024;
const PARTS_AT_ONCE = 8;
/** Below every user id. */
const FIRST = '0';

/** A list that is frozen: it is the same whenever it is read. */
export interface FrozenList {
  readonly campaignId: string;
  readonly commitments: Commitments;
  /** What the terms in the log commit to; null when they are not there yet. */
  readonly logged: string | null;
}

/**
 * Computes what the terms commit to, and keeps the list by commitments for whoever checks them, unless the log commits
 * to another one. Safe to repeat. No transaction is open meanwhile, and no step takes longer the longer the list is:
 * that of a million people takes some ten seconds, between other work. Memory: some 70 bytes a person.
 * @param stop ends it between two statements
 * @returns `eligibleRoot` of docs/transparency.md
 * @throws the reason of `stop`, or what Postgres said
 */
export async function commitToFrozenList(
  source: DataSource,
  list: FrozenList,
  stop: AbortSignal,
): Promise<string> {
  const sorted = await sortedCommitments(source, list, stop);
  const root = await rootOf(sorted);
  if (list.logged === null || list.logged === root) await keep(source, list.campaignId, sorted, stop);
  return root;
}

async function sortedCommitments(
  source: DataSource,
  { campaignId, commitments }: FrozenList,
  stop: AbortSignal,
): Promise<SortedCommitments> {
  const sorted = new SortedCommitments();
  const slices = new Slices();
  for (let after: string | undefined = FIRST; after !== undefined;) {
    stop.throwIfAborted();
    const found: { userId: string }[] = await rows(
      source,
      `SELECT user_id::text AS "userId" FROM campaign_eligible
        WHERE campaign_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3`,
      [campaignId, after, PAGE],
    );
    for (const { userId } of found) {
      sorted.add(commitments.toUser(userId));
      if (slices.isOver) await slices.next();
    }
    after = found.length < PAGE ? undefined : found.at(-1)?.userId;
  }
  return sorted;
}

async function rootOf(sorted: SortedCommitments): Promise<string> {
  const edge = new TreeEdge();
  const slices = new Slices();
  for (const commitment of sorted) {
    edge.append(hashLeaf(commitment));
    if (slices.isOver) await slices.next();
  }
  return toBase64(edge.root());
}

async function keep(
  source: DataSource,
  campaignId: string,
  sorted: SortedCommitments,
  stop: AbortSignal,
): Promise<void> {
  let first = 0;
  for (const parts of several(partsOf(sorted), PARTS_AT_ONCE)) {
    stop.throwIfAborted();
    await rows(
      source,
      `INSERT INTO eligible_commitments (campaign_id, part, commitments)
       SELECT $1, $3 + ordinality - 1, commitments FROM unnest($2::bytea[]) WITH ORDINALITY AS part (commitments)
       ON CONFLICT (campaign_id, part) DO NOTHING RETURNING part`,
      [campaignId, parts, first],
    );
    first += parts.length;
  }
}

function* partsOf(sorted: SortedCommitments): Generator<Buffer> {
  for (const part of several(sorted, PART))
    yield Buffer.concat(part.map((commitment) => Buffer.from(commitment, 'base64')));
}

/** As they come, `count` at a time; the last time there may be fewer. */
function* several<T>(all: Iterable<T>, count: number): Generator<readonly T[]> {
  let some: T[] = [];
  for (const one of all) {
    some.push(one);
    if (some.length < count) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
