import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';
import { endPauses, moveSecretEnds } from './delivery/end-pauses.js';

/** Who has not renewed its lead for so long is no longer the one that tells. */
const LEAD_MS = 5_000;
const RENEW_MS = 1_000;

/**
 * One process at a time writes events and sends webhooks, while there are endpoints. The lead is a row with a time, by
 * Postgres' clock: a session lock would keep a connection of each pool busy. It only avoids double work. A process that
 * was frozen and goes on writes no events (see `Telling`), and what it sends twice has the same id.
 *
 * A lead that lasts longer than any can was given by a clock that was set back since. It is free, and what else that
 * clock has put off is put off no more (R27). Who keeps the lead compares that clock with its own, which cannot be set,
 * and so sees a step of either way.
 */
export class Lead {
  readonly id = randomUUID();
  private renewedAt = -Infinity;

  constructor(private readonly source: DataSource) {}

  /** Takes the lead if nobody has it, or keeps it. @returns whether this process leads */
  async hold(): Promise<boolean> {
    if (performance.now() - this.renewedAt < RENEW_MS) return true;
    const askedAt = performance.now();
    const sinceMs = Number.isFinite(this.renewedAt) ? askedAt - this.renewedAt : null;
    const isHeld = await this.source.transaction(async (transaction) => {
      const [held] = await rows<{ wasSetBack: boolean; setBackMs: number }>(transaction, HOLD, [
        ...[this.id, LEAD_MS, sinceMs],
      ]);
      if (held?.wasSetBack) await endPauses(transaction);
      if (held && Math.abs(held.setBackMs) > LEAD_MS) await moveSecretEnds(transaction, held.setBackMs);
      return held !== undefined;
    });
    this.renewedAt = isHeld ? askedAt : -Infinity;
    return isHeld;
  }

  /** Lets the next process lead at once. */
  async release(): Promise<void> {
    this.renewedAt = -Infinity;
    await rows(this.source, RELEASE, [this.id]);
  }
}

/**
 * $1 who, $2 for how long (ms), $3 how long ago it renewed its lead (ms), by its own clock; null: it did not. By how
 * much the clock was set back is known to the one that had the lead, also when it was set forward; else it is that at
 * least.
 */
const HOLD = `
  WITH before AS (
    SELECT is_one, told_until > clock_timestamp() + $2 * interval '1 ms' AS was_set_back,
           CASE WHEN teller = $1::uuid AND $3::float8 IS NOT NULL THEN ${msUntil('told_until')} - $2 + $3::float8
                ELSE GREATEST(${msUntil('told_until')} - $2, 0) END AS set_back_ms
      FROM webhook_progress
     WHERE (teller IS NULL OR teller = $1::uuid OR told_until < clock_timestamp()
            OR told_until > clock_timestamp() + $2 * interval '1 ms')
       AND EXISTS (SELECT FROM webhook_endpoints) FOR UPDATE
  ), held AS (
    UPDATE webhook_progress progress SET teller = $1::uuid, told_until = clock_timestamp() + $2 * interval '1 ms'
      FROM before WHERE progress.is_one = before.is_one RETURNING was_set_back, set_back_ms
  ) SELECT was_set_back AS "wasSetBack", COALESCE(set_back_ms, 0)::float8 AS "setBackMs" FROM held`;

/** The time stays, for whoever leads next: it shows whether the clock was set back meanwhile. */
const RELEASE = `
  WITH released AS (
    UPDATE webhook_progress SET teller = NULL, told_until = clock_timestamp() WHERE teller = $1::uuid RETURNING is_one
  ) SELECT is_one FROM released`;

function msUntil(time: string): string {
  return `extract(epoch FROM ${time} - clock_timestamp())::float8 * 1000`;
}
