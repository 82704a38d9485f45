import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';
import { endPauses } from './delivery/end-pauses.js';

/** Who has not renewed its lead for so long is no longer the one that tells. */
const LEAD_MS = 5_000;
const RENEW_MS = 1_000;

/**
 * One process at a time writes events and sends webhooks, while there are endpoints. The lead is a row with a time, by
 * Postgres' clock: a session lock would keep a connection of each pool busy. It only avoids double work. A process that
 * was frozen and goes on writes no events (see `Telling`), and what it sends twice has the same id.
 *
 * A lead that lasts longer than any can was given by a clock that was set back since. It is free, and what else that
 * clock has put off is put off no more (R27).
 */
export class Lead {
  readonly id = randomUUID();
  private renewedAt = -Infinity;

  constructor(private readonly source: DataSource) {}

  /** Takes the lead if nobody has it, or keeps it. @returns whether this process leads */
  async hold(): Promise<boolean> {
    if (performance.now() - this.renewedAt < RENEW_MS) return true;
    const askedAt = performance.now();
    const isHeld = await this.source.transaction(async (transaction) => {
      const [held] = await rows<{ wasSetBack: boolean }>(transaction, HOLD, [this.id, LEAD_MS]);
      if (held?.wasSetBack) await endPauses(transaction);
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

/** $1 who, $2 for how long (ms). */
const HOLD = `
  WITH before AS (
    SELECT is_one, told_until > clock_timestamp() + $2 * interval '1 ms' AS was_set_back FROM webhook_progress
     WHERE (teller IS NULL OR teller = $1::uuid OR told_until < clock_timestamp()
            OR told_until > clock_timestamp() + $2 * interval '1 ms')
       AND EXISTS (SELECT FROM webhook_endpoints) FOR UPDATE
  ), held AS (
    UPDATE webhook_progress progress SET teller = $1::uuid, told_until = clock_timestamp() + $2 * interval '1 ms'
      FROM before WHERE progress.is_one = before.is_one RETURNING was_set_back
  ) SELECT was_set_back AS "wasSetBack" FROM held`;

/** The time stays, for whoever leads next: it shows whether the clock was set back meanwhile. */
const RELEASE = `
  WITH released AS (
    UPDATE webhook_progress SET teller = NULL, told_until = clock_timestamp() WHERE teller = $1::uuid RETURNING is_one
  ) SELECT is_one FROM released`;
