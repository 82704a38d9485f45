import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { hashLeaf } from '../formats/merkle-tree.js';
import { pathOver } from '../formats/path-over.js';
import { PEOPLE_A_PART, PEOPLE_A_RUN } from '../log/list-parts.js';

const HASH_BYTES = 32;

/** Where a commitment stands in the list that the log commits to, and the proof of it. */
export interface ListPlace {
  /** Before it stand so many others. */
  readonly index: number;
  /** How many people are on the list. */
  readonly size: number;
  /** The hashes that lead from the commitment's line to `eligibleRoot` (RFC 6962, 2.1.1), lowest first. */
  readonly path: readonly Uint8Array[];
}

interface Found {
  readonly part: number;
  readonly size: number;
  readonly commitments: Buffer;
  readonly runRoots: Buffer;
  readonly roots: Buffer;
}

/**
 * Finds a commitment in a list by the hashes that were kept when it was frozen: one part of it is read, and some 1,100
 * hashes are computed for a list of a million people.
 * @param commitment C, in base64
 * @returns null when it is not there, or when the list was kept by a release that kept no hashes
 */
export async function findInList(
  source: DataSource,
  campaignId: string,
  commitment: string,
): Promise<ListPlace | null> {
  const [found] = await rows<Found>(source, FIND, [campaignId, commitment]);
  if (!found) return null;
  const { part, size, commitments, runRoots, roots } = found;
  const at = commitments.indexOf(commitment, 0, 'base64');
  if (at < 0) return null;
  const place = at / HASH_BYTES;
  const run = Math.floor(place / PEOPLE_A_RUN);
  const path = [
    ...pathOver(leavesOfRun(commitments, run), place % PEOPLE_A_RUN),
    ...pathOver(hashesIn(runRoots), run),
    ...pathOver(hashesIn(roots), part),
  ];
  return { index: part * PEOPLE_A_PART + place, size, path };
}

function leavesOfRun(commitments: Buffer, run: number): readonly Uint8Array[] {
  const from = run * PEOPLE_A_RUN * HASH_BYTES;
  const own = commitments.subarray(from, from + PEOPLE_A_RUN * HASH_BYTES);
  return hashesIn(own).map((commitment) => hashLeaf(commitment.toString('base64')));
}

function hashesIn(bytes: Buffer): readonly Buffer[] {
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, place) =>
    bytes.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES),
  );
}

/**
 * $1 campaign, $2 commitment. Of the other parts it reads the row alone, about 1.2 kB each: the commitments of a part
 * lie beside the table, and their length does not.
 */
const FIND = `
  SELECT own.part, list.size::float8 AS size, own.commitments, own.run_roots AS "runRoots", list.roots
    FROM (SELECT string_agg(root, '' ORDER BY part) AS roots, sum(octet_length(commitments)) / ${HASH_BYTES} AS size,
                 max(part) FILTER (WHERE first_commitment <= $2) AS part
            FROM eligible_commitments WHERE campaign_id = $1
          HAVING bool_and(root IS NOT NULL)) AS list
    JOIN eligible_commitments AS own ON own.campaign_id = $1 AND own.part = list.part`;
