import type { LiveFigures } from '../api/live.js';
import type { Campaign } from '../api/reads.js';

/** Whether whoever asks now is told that it is sold out: a place in the line is a place, while the line is open. */
export function isEveryPlaceTaken(
  { state, finished, postgres }: Pick<LiveFigures, 'state' | 'finished' | 'postgres'>,
  { waitingCapacity, endedAt }: Pick<Campaign, 'waitingCapacity' | 'endedAt'>,
): boolean {
  const isLineOpen = state !== 'CLOSED' && !finished && endedAt === null;
  return postgres.available === 0 && (!isLineOpen || postgres.waiting >= waitingCapacity);
}
