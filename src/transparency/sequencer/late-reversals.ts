import type { EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import type { Person } from '../../changes/person.js';

/**
 * Of people of campaigns that have ended: whether the log says that they were paid, and not yet that the money came
 * back. In their order.
 */
export async function readUnreversed(
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
