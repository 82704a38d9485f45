import { rows } from '../../src/platform/postgres/rows.js';
import { withPostgres } from '../checker/with-postgres.js';

const clockLooks = 5;

/**
 * How far Postgres' clock is ahead of ours, in ms. On one machine it is 0, except for the measurement error, which is
 * at most the shortest of a few round trips.
 */
export async function measureClockLead(databaseUrl: string): Promise<number> {
  return withPostgres(databaseUrl, 'seonchak-rush', async (source) => {
    let best = { roundTripMs: Infinity, leadMs: 0 };
    for (let look = 0; look < clockLooks; look++) {
      const before = Date.now();
      const [clock] = await rows<{ now: number }>(
        source,
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
      );
      const after = Date.now();
      const leadMs = (clock?.now ?? 0) - (before + after) / 2;
      if (after - before < best.roundTripMs) best = { roundTripMs: after - before, leadMs };
    }
    return best.leadMs;
  });
}
