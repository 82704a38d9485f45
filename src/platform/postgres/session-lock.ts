import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
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
  return inOwnSession(source, async (runner, session) => {
    await runner.query(`SELECT pg_advisory_lock(${number})`, [key]);
    return workWithHeartbeat(runner, session, work);
  });
}

/** As `withSessionLock`, but does not wait. @returns false, with nothing done, when another holds the lock */
export async function trySessionLock(
  source: DataSource,
  key: string,
  work: () => Promise<void>,
): Promise<boolean> {
  return inOwnSession(source, async (runner, session) => {
    const [lock] = (await runner.query(`SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS "isOurs"`, [
      key,
    ])) as [{ isOurs: boolean }];
    if (lock.isOurs) await workWithHeartbeat(runner, session, work);
    return lock.isOurs;
  });
}

type LockSession = PoolClient & Session;

async function inOwnSession<T>(
  source: DataSource,
  work: (runner: QueryRunner, session: LockSession) => Promise<T>,
): Promise<T> {
  const runner = source.createQueryRunner();
  const session = (await runner.connect()) as LockSession; // which TypeORM types as any
  try {
    await runner.query(BEGIN, [String(SILENT_MS)]);
    return await work(runner, session);
  } finally {
    session.close();
    await runner.release();
  }
}

async function workWithHeartbeat<T>(
  runner: QueryRunner,
  session: LockSession,
  work: () => Promise<T>,
): Promise<T> {
  const heartbeat = setInterval(() => {
    if (session.isAtRest) runner.query('SELECT 1').catch(() => undefined); // the lock is lost; see above
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
  }
}
