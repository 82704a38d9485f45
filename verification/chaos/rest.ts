import { Redis } from 'ioredis';
import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GateSnapshot } from '../checker/gate-snapshot.js';
import { readGate } from '../checker/read-gate.js';

/** Long enough for several leases and the longest pauses of payouts in doubt, twice over on a busy machine. */
const limitMs = 60_000;
const pollMs = 300;
/** This many looks in a row must find nothing. */
const quietLooks = 4;

interface Standing {
  readonly isClosed: boolean;
  readonly capacity: number;
  readonly live: number;
  readonly pending: number;
  readonly waiting: string[];
  /** Counts of payouts without an outcome, by state. */
  readonly open: Readonly<Record<string, number>> | null;
}

const standingSql = `
  SELECT state = 'CLOSED' AS "isClosed", capacity,
         (SELECT count(*)::int FROM user_grants WHERE campaign_id = $1 AND status <> 'FAILED') AS live,
         (SELECT count(*)::int FROM user_grants WHERE campaign_id = $1 AND status = 'PENDING') AS pending,
         ARRAY(SELECT user_id::text FROM waiting_line WHERE campaign_id = $1 AND ended_at IS NULL ORDER BY arrival_no) AS waiting,
         (SELECT jsonb_object_agg(state, count) FROM (
            SELECT state, count(*)::int AS count FROM payouts
             WHERE campaign_id = $1 AND state NOT IN ('SETTLED', 'REJECTED', 'REVERSED', 'REVOKED') GROUP BY state) AS by_state) AS open
    FROM campaigns WHERE id = $1`;

function unrestInPostgres({ isClosed, capacity, live, pending, waiting, open }: Standing): string[] {
  const found: string[] = [];
  if (pending > 0) found.push(`${pending} grants are PENDING`);
  if (open) found.push(`payouts have no outcome: ${JSON.stringify(open)}`);
  if (waiting.length > 0 && live < capacity)
    found.push(`${waiting.length} wait while ${capacity - live} slots are free`);
  if (waiting.length > 0 && isClosed) found.push(`${waiting.length} wait after the campaign was closed`);
  return found;
}

function unrestAtGate(gate: GateSnapshot | null, waiting: readonly string[]): string[] {
  if (!gate) return ['there is no gate'];
  const found: string[] = [];
  if (gate.processing.length > 0)
    found.push(`slots ${gate.processing.slice(0, 10).join(', ')} are in processing`);
  if (gate.lineLeases.length > 0)
    found.push(`${gate.lineLeases.length} places in the line are not known to be durable`);
  if (gate.line.join() !== waiting.join())
    found.push(`${gate.line.length} wait at the gate, ${waiting.length} in Postgres, or in another order`);
  return found;
}

/**
 * Waits until Postgres and the gate are at rest.
 * @returns what is still open after a very long time (P8); empty if it came to rest
 */
export async function waitForRest(
  { databaseUrl, redisUrl }: { readonly databaseUrl: string; readonly redisUrl: string },
  campaignId: string,
  log: (line: string) => void,
): Promise<string[]> {
  const postgres = new Client({ connectionString: databaseUrl, application_name: 'seonchak-chaos' });
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1, lazyConnect: true });
  const ignore = (): undefined => undefined; // the failing query or command reports it
  postgres.on('error', ignore);
  redis.on('error', ignore);
  try {
    await postgres.connect();
    const giveUpAt = performance.now() + limitMs;
    let told = '';
    let quiet = 0;
    for (;;) {
      const { rows } = await postgres.query<Standing>(standingSql, [campaignId]);
      const [standing] = rows;
      if (!standing) throw new Error(`There is no campaign ${campaignId} in Postgres.`);
      const unrest = [
        ...unrestInPostgres(standing),
        ...unrestAtGate(await readGate(redis, campaignId), standing.waiting),
      ];
      if (unrest.join('; ') !== told) {
        told = unrest.join('; ');
        log(`  … ${told || 'quiet'}`);
      }
      quiet = unrest.length === 0 ? quiet + 1 : 0;
      if (quiet === quietLooks) return [];
      if (performance.now() > giveUpAt) return unrest;
      await sleep(pollMs);
    }
  } finally {
    redis.disconnect();
    await postgres.end();
  }
}
