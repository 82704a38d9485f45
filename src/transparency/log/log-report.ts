import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

/** How often the writer tells, at most. */
const PAUSE_MS = 5_000;

/** Tells all processes, through Postgres, how the process that writes the log finds it. */
export class LogReport {
  /** By `performance.now()`. */
  private toldAt = -Infinity;

  constructor(private readonly source: DataSource) {}

  /** The log is written. @param wholeMsAgo when the published log last had everything; null if that is not news */
  written(wholeMsAgo: number | null): Promise<void> {
    return this.tell(
      `WITH told AS (
         UPDATE log_state SET told_at = now(), set_back_at = NULL,
                              whole_at = COALESCE(now() - $1::float8 * interval '1 ms', whole_at) RETURNING size
       ) SELECT size FROM told`,
      [wholeMsAgo],
    );
  }

  /** Nothing is signed: the database does not continue what was. */
  setBack(): Promise<void> {
    return this.tell(
      `WITH told AS (
         UPDATE log_state SET told_at = now(), set_back_at = COALESCE(set_back_at, now()) RETURNING size
       ) SELECT size FROM told`,
      [],
    );
  }

  private async tell(sql: string, parameters: readonly unknown[]): Promise<void> {
    const now = performance.now();
    if (now - this.toldAt < PAUSE_MS) return;
    this.toldAt = now;
    await rows(this.source, sql, [...parameters]);
  }
}
