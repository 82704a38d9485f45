import type { DataSource } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/** For how long a reading is used, in ms: otherwise each of a thousand campaigns would ask. */
const KNOWN_MS = 1_000;

/**
 * Tells when Postgres may have lost rows of people: when it has deleted more of them than archives took. Postgres
 * counts what it has deleted up to ten seconds late, and what was rolled back too; so archives may be ahead for a
 * while, and a false alarm costs one count.
 */
export class LostRows {
  /** The most deletions that no archive explained. */
  private unexplained = -Infinity;
  private deleted = 0;
  private times = 0;
  private readAt = -Infinity;

  constructor(private readonly source: DataSource) {}

  /** A number that changes when rows may have been lost since it was told last. */
  async seen(): Promise<number> {
    const now = performance.now();
    if (now - this.readAt <= KNOWN_MS) return this.times;
    // In this order: what an archive took must not be missing among what was deleted.
    const deleted = await this.read(DELETED);
    const unexplained = deleted - (await this.read(TAKEN));
    const isCountedAnew = deleted < this.deleted; // Postgres has crashed, or its statistics were reset
    if (isCountedAnew || unexplained > this.unexplained) {
      this.times += 1;
      this.unexplained = unexplained;
    }
    this.deleted = deleted;
    this.readAt = now;
    return this.times;
  }

  private async read(sql: string): Promise<number> {
    const [read] = await rows<{ count: number }>(this.source, sql);
    return read?.count ?? 0;
  }
}

const DELETED = `
  SELECT (pg_stat_get_tuples_deleted('user_grants'::regclass)
        + pg_stat_get_tuples_deleted('waiting_entries'::regclass))::float8 AS count`;

const TAKEN = `
  SELECT COALESCE(sum(removed_rows), 0)::float8 AS count FROM campaigns WHERE removed_rows IS NOT NULL`;
