import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';
import type { Person } from './person.js';

/** A grant and its payout. */
export interface GrantFacts {
  readonly slot: number;
  readonly status: string;
  readonly payoutState: string | null;
  readonly reference: string | null;
  /** As the closed list of docs/transparency.md; only of a rejected payout. */
  readonly reason: string;
  /** The operator who revoked or rejected. */
  readonly operator: string | null;
}

/** The grants of these people, in their order; null for whoever has none. */
export async function readGrants(
  snapshot: EntityManager,
  people: readonly Person[],
): Promise<readonly (GrantFacts | null)[]> {
  const found = await rows<GrantFacts & { slot: number | null }>(
    snapshot,
    `SELECT held.grant_seq AS slot, held.status, paying.state AS "payoutState", paying.provider_reference AS reference,
            CASE WHEN paying.provider_reference IS NULL THEN 'rejected-by-operator'
                 WHEN paying.last_error = 'wallet-closed' THEN 'wallet-closed' ELSE 'rejected-by-provider' END AS reason,
            decided.actor AS operator
       FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS wanted (campaign_id, arrival_no, place)
       LEFT JOIN LATERAL (SELECT user_id, grant_seq, status FROM user_grants
                           WHERE campaign_id = wanted.campaign_id AND arrival_no = wanted.arrival_no OFFSET 0) AS held ON true
       LEFT JOIN LATERAL (SELECT idempotency_key, state, provider_reference, last_error FROM payouts
                           WHERE campaign_id = wanted.campaign_id AND user_id = held.user_id OFFSET 0) AS paying ON true
       LEFT JOIN LATERAL (SELECT actor FROM payout_events
                           WHERE idempotency_key = paying.idempotency_key AND event = paying.state AND actor IS NOT NULL
                             AND paying.provider_reference IS NULL AND paying.state IN ('REJECTED', 'REVOKED')
                           ORDER BY id DESC LIMIT 1) AS decided ON true
      ORDER BY place`,
    [people.map(({ campaignId }) => campaignId), people.map(({ arrivalNo }) => arrivalNo)],
  );
  return found.map((facts) => (facts.slot === null ? null : facts));
}
