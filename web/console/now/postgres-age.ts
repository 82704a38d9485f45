import type { LiveFigures } from '../api/live.js';

/** Postgres is read once a second; one reading may be slow. */
const FRESH_MS = 2_000;

/** Whether what Postgres says is older than the rest of the figures: it is what was read last, not what is now. */
export function isPostgresOld({ at, postgres }: Pick<LiveFigures, 'at' | 'postgres'>): boolean {
  return Date.parse(at) - Date.parse(postgres.readAt) > FRESH_MS;
}
