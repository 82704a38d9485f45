import type { DataSource } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/** How an endpoint stands. `off`: by an operator; `given-up`: by us, being gone or having accepted nothing for long. */
export const STANDINGS = ['on', 'failing', 'off', 'given-up'] as const;
export type Standing = (typeof STANDINGS)[number];

/** What an endpoint has not accepted yet. */
export interface Backlog {
  readonly endpointId: string;
  readonly standing: Standing;
  readonly offAt: Date | null;
  /** Events that it was not sent yet, those that it does not want among them. 1,000: or more. */
  readonly unsent: number;
  /** Events that are sent again; the sender keeps them to about 1,000. */
  readonly again: number;
  /** When the oldest of all these was recorded; null: there is none. */
  readonly waitingSince: Date | null;
  /** For how long that one has waited, by Postgres' clock. */
  readonly waitingSeconds: number | null;
}

/** For each endpoint, by a look into indexes. Endpoints are few, and what is read of each is bounded. */
export function readBacklogs(on: DataSource): Promise<Backlog[]> {
  return rows(on, BACKLOGS);
}

/**
 * Joins what waits to `webhook_endpoints endpoint`: `retries.count` and `oldest.recorded_at`. Event
 * numbers rise with the time of recording.
 */
export const WITH_WAITING = `
 CROSS JOIN LATERAL (SELECT count(*)::int AS count, min(event_no) AS first_no
                       FROM webhook_retries WHERE endpoint_id = endpoint.id) AS retries
 CROSS JOIN LATERAL (SELECT LEAST((SELECT recorded_at FROM webhook_events WHERE no > endpoint.position ORDER BY no LIMIT 1),
                                  (SELECT recorded_at FROM webhook_events WHERE no = retries.first_no)) AS recorded_at) AS oldest`;

const MOST_COUNTED = 1_000;

const BACKLOGS = `
  SELECT endpoint.id AS "endpointId", off_at AS "offAt",
         CASE WHEN off_reason = 'operator' THEN 'off' WHEN state = 'OFF' THEN 'given-up'
              WHEN failing_since IS NOT NULL THEN 'failing' ELSE 'on' END AS standing,
         (SELECT count(*)::int FROM (SELECT FROM webhook_events WHERE no > endpoint.position ORDER BY no
                                      LIMIT ${MOST_COUNTED}) AS following) AS unsent,
         retries.count AS again, oldest.recorded_at AS "waitingSince",
         extract(epoch FROM clock_timestamp() - oldest.recorded_at)::float8 AS "waitingSeconds"
    FROM webhook_endpoints endpoint ${WITH_WAITING}`;
