import type { EntityManager } from 'typeorm';
import type { Change } from '../../changes/change-feed.js';
import { readGrants } from '../../changes/grant-facts.js';
import type { Person } from '../../changes/person.js';
import { rows } from '../../platform/postgres/rows.js';
import { type FormattedLeaf, formattedUpToFault } from '../log/formatted-leaf.js';
import { Commitments } from './commitments.js';
import { outcomeLeaf } from './outcome-leaves.js';

/**
 * After its `end`, a campaign takes nothing but money that came back and whose slot stays used. No `stopped` either, so
 * what cannot be said is left out.
 * @param keys of the campaigns, by their id
 */
export async function lateReversals(
  snapshot: EntityManager,
  changes: readonly Change[],
  keys: ReadonlyMap<string, Buffer>,
): Promise<readonly FormattedLeaf[]> {
  const people = changes.flatMap(({ campaignId, arrivalNos, at }) =>
    arrivalNos.map((arrivalNo) => ({ campaignId, arrivalNo, atMs: at.getTime() })),
  );
  if (people.length === 0) return [];
  const grants = await readGrants(snapshot, people);
  const unreversed = await readUnreversed(snapshot, people);
  return people.flatMap((person, place) => {
    const key = keys.get(person.campaignId);
    if (!key || !unreversed[place]) return [];
    const commitments = new Commitments(person.campaignId, key);
    const leaf = outcomeLeaf({ ...person, outcome: 'reversed' }, grants[place] ?? null, commitments);
    const isTaken = typeof leaf !== 'string' && leaf.kind === 'reversed' && leaf.effect === 'keep';
    return isTaken ? formattedUpToFault([leaf]).leaves : [];
  });
}

/**
 * Of people of campaigns that have ended: whether the log says that they were paid, and not yet that the money came
 * back. In their order.
 */
async function readUnreversed(
  snapshot: EntityManager,
  people: readonly Person[],
): Promise<readonly boolean[]> {
  const found = await rows<{ isUnreversed: boolean }>(
    snapshot,
    `SELECT EXISTS (SELECT FROM log_leaves WHERE campaign_id = wanted.campaign_id AND arrival_no = wanted.arrival_no
                                             AND leaf LIKE 'v1 paid %' OFFSET 0)
        AND NOT EXISTS (SELECT FROM log_leaves WHERE campaign_id = wanted.campaign_id AND arrival_no = wanted.arrival_no
                                                 AND leaf LIKE 'v1 reversed %' OFFSET 0) AS "isUnreversed"
       FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS wanted (campaign_id, arrival_no, place)
      ORDER BY place`,
    [people.map(({ campaignId }) => campaignId), people.map(({ arrivalNo }) => arrivalNo)],
  );
  return found.map(({ isUnreversed }) => isUnreversed);
}
