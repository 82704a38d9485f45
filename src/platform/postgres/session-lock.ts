import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import type { Session } from './session.js';

const HEARTBEAT_MS = 1_000;

/** How long a holder may be silent. Postgres then ends its session, and with it the lock. */
const SILENT_MS = 5_000;

const BEGIN = `SELECT set_config('idle_session_timeout', $1, false), set_config('lock_timeout', '0', false)`;

/**
 * Runs `work` while no other process runs work under the same name. The lock belongs to a session of its own and to no
 * transaction, so `work` may take its time. It ends with the session, so it avoids double work but does not protect:
 * what must never happen twice needs a fence of its own. A holder that is frozen, or whose machine died silently, loses
 * the lock after SILENT_MS, so that nobody waits for as long as a dead connection seems alive. The session is never
 * used again, so nobody inherits a lock, not even one that was granted after we gave up waiting (R14).
 * @param key a name, or a number that earlier releases know
 * @throws the driver's error when the lock could not be had within the statement timeout
 */
export async function withSessionLock<T>(
  source: DataSource,
  key: string | number,
  work: () => Promise<T>,
): Promise<T> {
  const number = typeof key === 'number' ? '$1' : 'hashtextextended($1, 0)';
  const runner = source.createQueryRunner();
  const session = (await runner.connect()) as PoolClient & Session; // which TypeORM types as any
  try {
    await runner.query(BEGIN, [String(SILENT_MS)]);
    await runner.query(`SELECT pg_advisory_lock(${number})`, [key]);
    const heartbeat = setInterval(() => {
      if (session.isAtRest) runner.query('SELECT 1').catch(() => undefined); // the lock is lost; see above
    }, HEARTBEAT_MS);
    try {
      return await work();
    } finally {
      clearInterval(heartbeat);
    }
  } finally {
    session.close();
    await runner.release();
  }
}
