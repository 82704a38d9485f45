import type { DataSource, EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import type { DueEndpoint, DueEvents } from './due-events.js';
import type { Sent } from './send-in-order.js';

/** The first pause after a failure is RETRY; it triples each time, up to this (ms), with jitter. */
const LONGEST_PAUSE_MS = 21_600_000;

export interface RetryTerms {
  /** ms */
  readonly retryMs: number;
  /** An endpoint that accepts nothing for so long is switched off; an event that it alone refuses is given up (ms). */
  readonly giveUpMs: number;
}

/** How an endpoint stands after a batch. */
export interface Recorded {
  readonly isOn: boolean;
  /** Why it was switched off with this batch, if it was. */
  readonly offReason: string | null;
  /** Tries in a row of which none was accepted. */
  readonly failures: number;
  /** Events that are not tried any more. */
  readonly givenUp: readonly string[];
}

interface Moved extends Pick<Recorded, 'isOn' | 'offReason' | 'failures'> {
  /** Since when it had accepted nothing before this batch, as Postgres writes it; null if it had. */
  readonly failedSince: string | null;
}

/**
 * Records what became of a batch, in one transaction. Whoever dies before it sends the batch again.
 * @returns null when nothing was recorded: the endpoint was switched off or deleted meanwhile, or another process sends
 */
export function recordSent(
  source: DataSource,
  endpoint: DueEndpoint,
  { position, replayed }: Pick<DueEvents, 'position' | 'replayed'>,
  sent: readonly Sent[],
  terms: RetryTerms,
): Promise<Recorded | null> {
  return source.transaction(async (transaction) => {
    const tried = sent.flatMap(({ outcome }) => (outcome ? [outcome] : []));
    const verdict = verdictOn(sent);
    const moved = await rows<Moved>(transaction, ENDPOINT, [
      ...[endpoint.id, endpoint.position, position],
      verdict,
      tried.some(({ kind }) => kind === 'gone'),
      tried.findLast(({ kind }) => kind !== 'accepted')?.why ?? null,
      Math.max(0, ...tried.map(({ pauseMs }) => pauseMs)),
      ...[terms.retryMs, LONGEST_PAUSE_MS, terms.giveUpMs],
    ]);
    const [found] = moved;
    if (!found) return null;
    const { failedSince, ...standing } = found;
    await recordRetries(transaction, endpoint.id, sent, terms);
    if (verdict === 'accepts' && endpoint.failures > 0)
      await rows(transaction, HURRY, [endpoint.id, failedSince]);
    if (replayed !== null) await rows(transaction, REPLAYED, [endpoint.id, replayed]);
    const givenUp = standing.failures === 0 ? await giveUp(transaction, endpoint.id, terms.giveUpMs) : [];
    return { ...standing, givenUp };
  });
}

/**
 * What a batch says of the endpoint. An event that failed before may fail because of what it says, so it alone does not
 * keep others from being sent.
 */
function verdictOn(sent: readonly Sent[]): 'accepts' | 'fails' | 'fails-again' | null {
  const tried = sent.filter(({ outcome }) => outcome !== null);
  if (tried.some(({ outcome }) => outcome?.kind === 'accepted')) return 'accepts';
  if (tried.some(({ event }) => event.source !== 'retry')) return 'fails';
  return tried.length > 0 ? 'fails-again' : null;
}

async function recordRetries(
  transaction: EntityManager,
  endpointId: string,
  sent: readonly Sent[],
  { retryMs }: RetryTerms,
): Promise<void> {
  const accepted = sent.filter(
    ({ event, outcome }) => event.source === 'retry' && outcome?.kind === 'accepted',
  );
  if (accepted.length > 0)
    await rows(transaction, FORGET, [endpointId, accepted.map(({ event }) => event.no)]);
  const others = sent.filter(({ outcome }) => outcome?.kind !== 'accepted');
  if (others.length === 0) return;
  await rows(transaction, RETRY, [
    endpointId,
    others.map(({ event }) => event.no),
    others.map(({ event }) => event.subject),
    others.map(({ outcome }) => (outcome ? 1 : 0)),
    others.map(({ outcome }) => outcome?.pauseMs ?? 0),
    ...[retryMs, LONGEST_PAUSE_MS],
  ]);
}

async function giveUp(
  transaction: EntityManager,
  endpointId: string,
  giveUpMs: number,
): Promise<readonly string[]> {
  const found = await rows<{ id: string }>(transaction, GIVE_UP, [endpointId, giveUpMs]);
  return found.map(({ id }) => id);
}

/** A pause, as SQL: `first` ms after one failure, tripled by each other one, and up to a fifth more or less. */
function pause(failures: string, first: string, longest: string): string {
  return `LEAST(${first}::float8 * 3 ^ LEAST(${failures} - 1, 20), ${longest}::float8) * (0.8 + 0.4 * random()) * interval '1 ms'`;
}

/**
 * $1 endpoint; $2 and $3 its position before and after (null: the same); $4 the verdict, $5 whether it is gone, $6 the
 * last failure, $7 for how long it wants to be left alone (ms); $8 and $9 the shortest and longest pause (ms), $10
 * after how long it is switched off (ms).
 */
const ENDPOINT = `
  WITH old AS (
    SELECT id, failures + 1 AS tries, failing_since,
           CASE WHEN $5::boolean THEN 'gone'
                WHEN $4::text <> 'accepts' AND failing_since < clock_timestamp() - $10::float8 * interval '1 ms' THEN 'failing'
           END AS off
      FROM webhook_endpoints WHERE id = $1::uuid AND state = 'ON' AND position = $2::bigint FOR UPDATE
  ), moved AS (
    UPDATE webhook_endpoints endpoint
       SET position = COALESCE($3::bigint, endpoint.position),
           failures = CASE $4::text WHEN 'accepts' THEN 0 WHEN 'fails' THEN tries ELSE endpoint.failures END,
           failing_since = CASE $4::text WHEN 'accepts' THEN NULL
                                         WHEN 'fails' THEN COALESCE(old.failing_since, clock_timestamp())
                                         ELSE old.failing_since END,
           accepted_at = CASE WHEN $4::text = 'accepts' THEN clock_timestamp() ELSE accepted_at END,
           last_failure = COALESCE($6::text, last_failure),
           not_before = clock_timestamp() + GREATEST($7::float8 * interval '1 ms',
                          CASE WHEN $4::text = 'fails' THEN ${pause('tries', '$8', '$9')} END),
           state = CASE WHEN off IS NULL THEN state ELSE 'OFF' END,
           off_reason = off, off_at = CASE WHEN off IS NOT NULL THEN clock_timestamp() END
      FROM old WHERE endpoint.id = old.id
    RETURNING state = 'ON' AS "isOn", off_reason AS "offReason", endpoint.failures,
              old.failing_since::text AS "failedSince"
  ) SELECT * FROM moved`;

/**
 * $1 endpoint, $2 numbers, $3 subjects, $4 whether it was tried (1) or waits behind another one (0), $5 pauses (ms),
 * $6 and $7 the shortest and longest pause (ms).
 */
const RETRY = `
  INSERT INTO webhook_retries AS again (endpoint_id, event_no, subject, attempts, first_failed_at, due_at)
  SELECT $1::uuid, no, subject, tried, CASE WHEN tried = 1 THEN clock_timestamp() END,
         CASE WHEN tried = 1 THEN GREATEST(clock_timestamp() + pause_ms * interval '1 ms',
                                           clock_timestamp() + ${pause('1', '$6', '$7')})
              ELSE clock_timestamp() END
    FROM unnest($2::bigint[], $3::text[], $4::int[], $5::float8[]) AS sent (no, subject, tried, pause_ms)
   WHERE EXISTS (SELECT FROM webhook_events WHERE webhook_events.no = sent.no)
  ON CONFLICT (event_no, endpoint_id) DO UPDATE
     SET attempts = again.attempts + EXCLUDED.attempts,
         first_failed_at = COALESCE(again.first_failed_at, EXCLUDED.first_failed_at),
         due_at = CASE WHEN EXCLUDED.attempts = 0 THEN again.due_at
                       ELSE GREATEST(EXCLUDED.due_at, clock_timestamp() + ${pause('again.attempts + 1', '$6', '$7')}) END
  RETURNING event_no`;

const FORGET = `
  WITH gone AS (
    DELETE FROM webhook_retries WHERE endpoint_id = $1::uuid AND event_no = ANY ($2::bigint[]) RETURNING event_no
  ) SELECT event_no FROM gone`;

/**
 * An endpoint that is back is not made to wait for what it has missed. What failed since $2, when it went away, says
 * nothing of the event: it is not given up for it.
 */
const HURRY = `
  WITH hurried AS (
    UPDATE webhook_retries
       SET due_at = LEAST(due_at, clock_timestamp()),
           first_failed_at = CASE WHEN first_failed_at >= $2::timestamptz THEN NULL ELSE first_failed_at END
     WHERE endpoint_id = $1::uuid RETURNING event_no
  ) SELECT event_no FROM hurried`;

const REPLAYED = `
  WITH moved AS (
    UPDATE webhook_replays SET after_no = $2::bigint
     WHERE endpoint_id = $1::uuid AND after_no < $2::bigint AND up_to_no > $2::bigint RETURNING endpoint_id
  ), ended AS (
    DELETE FROM webhook_replays WHERE endpoint_id = $1::uuid AND up_to_no <= $2::bigint RETURNING endpoint_id
  ) SELECT endpoint_id FROM moved UNION ALL SELECT endpoint_id FROM ended`;

const GIVE_UP = `
  WITH gone AS (
    DELETE FROM webhook_retries WHERE endpoint_id = $1::uuid AND first_failed_at < clock_timestamp() - $2::float8 * interval '1 ms'
    RETURNING event_no
  ) SELECT event_id AS id FROM webhook_events JOIN gone ON no = event_no ORDER BY no`;
