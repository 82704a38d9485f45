import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { concatBytes, toBase64 } from '../formats/bytes.js';
import { hashLeaf } from '../formats/merkle-tree.js';
import { rootOver } from '../formats/path-over.js';
import { PEOPLE_A_PART, PEOPLE_A_RUN } from '../log/list-parts.js';
import type { Commitments } from './commitments.js';
import { Slices } from './slices.js';
import { SortedCommitments } from './sorted-commitments.js';

/** People who are read at once: the driver takes some milliseconds for them. */
const PAGE = 2_000;
/** Rows that one statement inserts. */
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
  const hashes = await hashesOf(sorted);
  const root = toBase64(rootOver(hashes.map((part) => part.root)));
  if (list.logged === null || list.logged === root) await keep(source, list.campaignId, sorted, hashes, stop);
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

/** The hashes of a part that are kept, so that one person's path takes no more than a part of the list. */
interface PartHashes {
  readonly runRoots: Uint8Array;
  readonly root: Uint8Array;
}

async function hashesOf(sorted: SortedCommitments): Promise<readonly PartHashes[]> {
  const parts: PartHashes[] = [];
  const slices = new Slices();
  for (const part of several(sorted, PEOPLE_A_PART)) {
    const runs: Uint8Array[] = [];
    for (const run of several(part, PEOPLE_A_RUN)) {
      runs.push(rootOver(run.map(hashLeaf)));
      if (slices.isOver) await slices.next();
    }
    parts.push({ runRoots: concatBytes(...runs), root: rootOver(runs) });
  }
  return parts;
}

async function keep(
  source: DataSource,
  campaignId: string,
  sorted: SortedCommitments,
  hashes: readonly PartHashes[],
  stop: AbortSignal,
): Promise<void> {
  let first = 0;
  for (const parts of several(several(sorted, PEOPLE_A_PART), PARTS_AT_ONCE)) {
    stop.throwIfAborted();
    const own = hashes.slice(first, first + parts.length);
    await rows(source, KEEP, [
      ...[campaignId, first, parts.map(bytesOf), parts.map(([commitment]) => commitment)],
      ...[own.map(({ runRoots }) => Buffer.from(runRoots)), own.map(({ root }) => Buffer.from(root))],
    ]);
    first += parts.length;
  }
}

/** $1 campaign, $2 number of the first part; of each part: $3 commitments, $4 the first of them, $5 and $6 hashes. */
const KEEP = `
  INSERT INTO eligible_commitments (campaign_id, part, commitments, first_commitment, run_roots, root)
  SELECT $1, $2::int + ordinality - 1, commitments, first_commitment, run_roots, root
    FROM unnest($3::bytea[], $4::text[], $5::bytea[], $6::bytea[])
         WITH ORDINALITY AS part (commitments, first_commitment, run_roots, root)
      ON CONFLICT (campaign_id, part) DO NOTHING RETURNING part`;

function bytesOf(commitments: readonly string[]): Buffer {
  return Buffer.concat(commitments.map((commitment) => Buffer.from(commitment, 'base64')));
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
