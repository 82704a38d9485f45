import type { components } from '../../../client/openapi.js';
import type { Campaign } from '../api/reads.js';

type Stats = Pick<components['schemas']['StatsView'], 'capacity' | 'gate'> & {
  readonly postgres: Pick<components['schemas']['StatsView']['postgres'], 'lastArrivalNo'>;
};

/**
 * Whether the API would delete it: nobody has claimed, in Postgres or at the gate. The rows of an archived campaign may
 * have been removed, so that nobody seems to have.
 */
export function isDeletable(
  { archivedAt }: Pick<Campaign, 'archivedAt'>,
  { capacity, gate, postgres }: Stats,
): boolean {
  if (archivedAt !== null || postgres.lastArrivalNo > 0) return false;
  return gate === null || (gate.available === capacity && gate.waiting === 0);
}
