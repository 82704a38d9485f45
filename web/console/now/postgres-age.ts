import type { LiveFigures } from '../api/live.js';

/** Counting a very large campaign may take this long by itself; beyond it Postgres could not be read. */
const FRESH_MS = 5_000;

/** Whether what Postgres counted is older than the rest of the figures: it is what was read last, not what is now. */
export function isPostgresOld({ at, postgres }: Pick<LiveFigures, 'at' | 'postgres'>): boolean {
  return Date.parse(at) - Date.parse(postgres.asOf) > FRESH_MS;
}
