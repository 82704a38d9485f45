import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

const AT_ONCE = 2_000;
const MOST_TIMES = 50;

/** Deletes events that are older than `keptMs`, delivered or not, up to a bound: the rest goes next time. */
export async function deleteOldEvents(source: DataSource, keptMs: number): Promise<void> {
  for (let times = 0; times < MOST_TIMES; times++)
    if ((await rows(source, DELETE_OLD, [keptMs, AT_ONCE])).length < AT_ONCE) return;
}

const DELETE_OLD = `
  WITH gone AS (
    DELETE FROM webhook_events WHERE no = ANY (ARRAY(
      SELECT no FROM webhook_events WHERE recorded_at < now() - $1::float8 * interval '1 ms'
       ORDER BY recorded_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING no
  ) SELECT no FROM gone`;
