import type { DataSource } from 'typeorm';

/**
 * Runs `work` while no other process runs work under the same name. The lock belongs to a connection of its own and to no
 * transaction, so `work` may take its time; it ends with the connection, so it only keeps out, it does not protect:
 * what must never happen twice needs a fence of its own.
 * @throws the driver's error when the lock could not be had within the statement timeout
 */
export async function withSessionLock<T>(
  source: DataSource,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const session = source.createQueryRunner();
  try {
    await session.query(`SELECT pg_advisory_lock(hashtextextended($1, 0))`, [name]);
    try {
      return await work();
    } finally {
      await session.query(`SELECT pg_advisory_unlock(hashtextextended($1, 0))`, [name]);
    }
  } finally {
    await session.release();
  }
}
