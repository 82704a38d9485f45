import type { DataSource, EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

/** An endpoint to which something may be sent now. */
export interface DueEndpoint {
  readonly id: string;
  readonly url: string;
  readonly secrets: readonly string[];
  /** Null: all. */
  readonly eventTypes: readonly string[] | null;
  /** A BIGINT as text. */
  readonly position: string;
  /** Tries in a row of which none was accepted. */
  readonly failures: number;
  /** Postgres' clock, ms since 1970. */
  readonly nowMs: number;
}

/** Where an event stands: in the line of new ones, among those that are tried again, or in a replay. */
export type Source = 'new' | 'retry' | 'replay';

/** An event to send. */
export interface DueEvent {
  readonly source: Source;
  /** A BIGINT as text. */
  readonly no: string;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly body: string;
  /** Whether an earlier event about the same subject has not been accepted: this one has to wait. */
  readonly isBehind: boolean;
}

/** What is due, and how far the line of new events and the replay have come once it is done. */
export interface DueEvents {
  readonly events: readonly DueEvent[];
  /** Null: as before. */
  readonly position: string | null;
  /** Null: there is no replay, or it is as before. */
  readonly replayed: string | null;
}

/** New events that are looked through at once for those that an endpoint wants. */
const MOST_SCANNED = 1_000;

/** While so many events wait to be tried again, no new ones are sent: the endpoint refuses too much. */
const MOST_RETRIES = 1_000;

/** The endpoints that have something to send now. At most as many as there may be endpoints. */
export async function endpointsWithWork(source: DataSource): Promise<readonly string[]> {
  const found = await rows<{ id: string }>(source, WITH_WORK);
  return found.map(({ id }) => id);
}

/** Null when nothing may be sent to it now. */
export async function readDueEndpoint(source: DataSource, id: string): Promise<DueEndpoint | null> {
  const [endpoint] = await rows<DueEndpoint>(source, ENDPOINT, [id]);
  return endpoint ?? null;
}

/**
 * What is due for an endpoint, in the order in which it should be sent.
 * @param most how many events that are tried again, and how many others
 */
export function readDueEvents(
  source: DataSource,
  { id, eventTypes, position }: DueEndpoint,
  most: number,
): Promise<DueEvents> {
  return source.transaction('REPEATABLE READ', async (snapshot) => {
    const retries = await rows<DueEvent>(snapshot, RETRIES, [id, most]);
    // Said apart from a line that has come to its end: otherwise a replay would be over that has sent nothing.
    if (await isHeldBack(snapshot, id)) return { events: retries, position: null, replayed: null };
    const line = await readLine(snapshot, id, 'new', position, null, eventTypes, most);
    const events = [...retries, ...line.events];
    if (events.length > 0 || line.upTo !== null) return { events, position: line.upTo, replayed: null };
    const [replay] = await rows<{ after: string; upTo: string }>(
      snapshot,
      `SELECT after_no::text AS after, up_to_no::text AS "upTo" FROM webhook_replays WHERE endpoint_id = $1`,
      [id],
    );
    if (!replay) return { events, position: null, replayed: null };
    const again = await readLine(snapshot, id, 'replay', replay.after, replay.upTo, eventTypes, most);
    return { events: again.events, position: null, replayed: again.upTo ?? replay.upTo };
  });
}

async function isHeldBack(snapshot: EntityManager, endpointId: string): Promise<boolean> {
  const [waiting] = await rows<{ isMost: boolean }>(snapshot, WAITING, [endpointId]);
  return waiting?.isMost ?? false;
}

/** The next events behind `after`, as far as the endpoint wants them. */
async function readLine(
  snapshot: EntityManager,
  endpointId: string,
  source: Source,
  after: string,
  upTo: string | null,
  eventTypes: readonly string[] | null,
  most: number,
): Promise<{ readonly events: readonly DueEvent[]; readonly upTo: string | null }> {
  const [scanned] = await rows<{ last: string | null }>(snapshot, SCANNED, [after, upTo]);
  const last = scanned?.last ?? null;
  if (last === null) return { events: [], upTo: null };
  const events = await rows<DueEvent>(snapshot, WANTED, [endpointId, source, after, last, eventTypes, most]);
  return { events, upTo: events.length === most ? (events.at(-1)?.no ?? last) : last };
}

const WITH_WORK = `
  SELECT id FROM webhook_endpoints endpoint
   WHERE state = 'ON' AND not_before <= clock_timestamp()
     AND (position < (SELECT last_event_no FROM webhook_progress)
          OR EXISTS (SELECT FROM webhook_retries WHERE endpoint_id = endpoint.id AND due_at <= clock_timestamp())
          OR EXISTS (SELECT FROM webhook_replays WHERE endpoint_id = endpoint.id))`;

const ENDPOINT = `
  SELECT id, url, event_types AS "eventTypes", position::text AS position, failures,
         CASE WHEN previous_secret_until > clock_timestamp() THEN ARRAY[secret, previous_secret] ELSE ARRAY[secret] END AS secrets,
         floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"
    FROM webhook_endpoints WHERE id = $1::uuid AND state = 'ON' AND not_before <= clock_timestamp()`;

/** $1 endpoint, $2 how many. Of each subject, the first one only. */
const RETRIES = `
  SELECT 'retry' AS source, event.no::text AS no, event.event_id AS id, event.type, event.subject, event.body, false AS "isBehind"
    FROM webhook_retries again JOIN webhook_events event ON event.no = again.event_no
   WHERE again.endpoint_id = $1::uuid AND again.due_at <= clock_timestamp()
     AND NOT EXISTS (SELECT FROM webhook_retries earlier
                      WHERE earlier.endpoint_id = again.endpoint_id AND earlier.subject = again.subject
                        AND earlier.event_no < again.event_no)
   ORDER BY again.due_at, again.event_no LIMIT $2`;

/** $1 endpoint. */
const WAITING = `
  SELECT count(*) = ${MOST_RETRIES} AS "isMost"
    FROM (SELECT FROM webhook_retries WHERE endpoint_id = $1::uuid LIMIT ${MOST_RETRIES}) AS waiting`;

/** $1 after which number, $2 up to which; null: to the end. */
const SCANNED = `
  SELECT max(no)::text AS last
    FROM (SELECT no FROM webhook_events WHERE no > $1::bigint AND ($2::bigint IS NULL OR no <= $2::bigint)
           ORDER BY no LIMIT ${MOST_SCANNED}) AS scanned`;

/** $1 endpoint, $2 what `source` says, $3 and $4 after and up to which number, $5 types, $6 how many. */
const WANTED = `
  SELECT $2 AS source, no::text AS no, event_id AS id, type, subject, body,
         EXISTS (SELECT FROM webhook_retries earlier
                  WHERE earlier.endpoint_id = $1::uuid AND earlier.subject = event.subject) AS "isBehind"
    FROM webhook_events event
   WHERE no > $3::bigint AND no <= $4::bigint AND ($5::text[] IS NULL OR type = ANY ($5::text[]))
   ORDER BY event.no LIMIT $6`;
