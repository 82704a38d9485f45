import type { DataSource } from 'typeorm';

const HEARTBEAT_MS = 1_000;

/** How long a holder may be silent. Postgres then ends its session, and with it the lock. */
const SILENT_MS = 5_000;

/**
 * Runs `work` while no other process runs work under the same name. The lock belongs to a connection of its own and to no
 * transaction, so `work` may take its time; it ends with the connection, so it only keeps out, it does not protect:
 * what must never happen twice needs a fence of its own. A process that holds the lock and is frozen, or whose machine
 * is gone without a word, loses it after SILENT_MS: nobody is kept out for as long as a dead connection seems alive.
 * @throws the driver's error when the lock could not be had within the statement timeout
 */
export async function withSessionLock<T>(
  source: DataSource,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const session = source.createQueryRunner();
  try {
    await session.query(`SELECT set_config('idle_session_timeout', $1, false)`, [String(SILENT_MS)]);
    await session.query(`SELECT pg_advisory_lock(hashtextextended($1, 0))`, [name]);
    let beat: Promise<unknown> = Promise.resolve();
    const heartbeat = setInterval(() => {
      beat = beat.then(() => session.query('SELECT 1')).catch(() => undefined); // the unlock will say what is wrong
    }, HEARTBEAT_MS);
    try {
      return await work();
    } finally {
      clearInterval(heartbeat);
      await beat;
      await session.query(`SELECT pg_advisory_unlock(hashtextextended($1, 0))`, [name]);
    }
  } finally {
    await session.query('RESET idle_session_timeout').catch(() => undefined); // a broken connection is not used again
    await session.release();
  }
}
