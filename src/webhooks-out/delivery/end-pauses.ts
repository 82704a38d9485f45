import type { EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

/**
 * For when Postgres' clock was set back: whatever waits is due now, and nothing failed or was accepted in the future.
 * Nobody can tell how much of a pause is left, and too early a try does little harm.
 * @param transaction has locked webhook_progress
 */
export async function endPauses(transaction: EntityManager): Promise<void> {
  await rows(transaction, ENDPOINTS);
  await rows(transaction, RETRIES);
}

/**
 * Secrets that were replaced stay good for as long as they would have.
 * @param setBackMs by how much Postgres' clock was set back; below 0: forward
 * @param transaction as of `endPauses`
 */
export async function moveSecretEnds(transaction: EntityManager, setBackMs: number): Promise<void> {
  await rows(transaction, SECRETS, [setBackMs]);
}

const SECRETS = `
  WITH locked AS (
    SELECT id FROM webhook_endpoints WHERE previous_secret_until IS NOT NULL ORDER BY id FOR UPDATE
  ), moved AS (
    UPDATE webhook_endpoints endpoint SET previous_secret_until = previous_secret_until - $1::float8 * interval '1 ms'
      FROM locked WHERE endpoint.id = locked.id RETURNING endpoint.id
  ) SELECT id FROM moved`;

const ENDPOINTS = `
  WITH locked AS (
    SELECT id FROM webhook_endpoints ORDER BY id FOR UPDATE
  ), ended AS (
    UPDATE webhook_endpoints endpoint
       SET not_before = LEAST(not_before, clock_timestamp()), failing_since = LEAST(failing_since, clock_timestamp()),
           accepted_at = LEAST(accepted_at, clock_timestamp())
      FROM locked WHERE endpoint.id = locked.id RETURNING endpoint.id
  ) SELECT id FROM ended`;

const RETRIES = `
  WITH locked AS (
    SELECT event_no, endpoint_id FROM webhook_retries
     WHERE due_at > clock_timestamp() OR first_failed_at > clock_timestamp() ORDER BY event_no, endpoint_id FOR UPDATE
  ), ended AS (
    UPDATE webhook_retries again
       SET due_at = LEAST(due_at, clock_timestamp()), first_failed_at = LEAST(first_failed_at, clock_timestamp())
      FROM locked WHERE again.event_no = locked.event_no AND again.endpoint_id = locked.endpoint_id
    RETURNING again.event_no
  ) SELECT event_no FROM ended`;
