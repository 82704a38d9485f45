import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/** Who has not renewed its lead for so long is no longer the one that tells. */
const LEAD_MS = 5_000;
const RENEW_MS = 1_000;

/**
 * One process at a time writes events and sends webhooks, while there are endpoints. The lead is a row with a time, by
 * Postgres' clock: a session lock would keep a connection of each pool busy. It only avoids double work. A process that
 * was frozen and goes on writes no events (see `Telling`), and what it sends twice has the same id.
 */
export class Lead {
  readonly id = randomUUID();
  private renewedAt = -Infinity;

  constructor(private readonly source: DataSource) {}

  /** Takes the lead if nobody has it, or keeps it. @returns whether this process leads */
  async hold(): Promise<boolean> {
    if (performance.now() - this.renewedAt < RENEW_MS) return true;
    const askedAt = performance.now();
    const held = await rows(this.source, HOLD, [this.id, LEAD_MS]);
    this.renewedAt = held.length > 0 ? askedAt : -Infinity;
    return held.length > 0;
  }

  /** Lets the next process lead at once. */
  async release(): Promise<void> {
    this.renewedAt = -Infinity;
    await rows(this.source, RELEASE, [this.id]);
  }
}

/** $1 who, $2 for how long (ms). */
const HOLD = `
  WITH held AS (
    UPDATE webhook_progress SET teller = $1::uuid, told_until = clock_timestamp() + $2 * interval '1 ms'
     WHERE (teller = $1::uuid OR told_until < clock_timestamp()) AND EXISTS (SELECT FROM webhook_endpoints)
    RETURNING teller
  ) SELECT teller FROM held`;

const RELEASE = `
  WITH released AS (
    UPDATE webhook_progress SET teller = NULL, told_until = '-infinity' WHERE teller = $1::uuid RETURNING is_one
  ) SELECT is_one FROM released`;
