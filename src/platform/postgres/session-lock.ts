import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Session } from './session.js';

const HEARTBEAT_MS = 1_000;

/** How long a holder may be silent. Postgres then ends its session, and with it the lock. */
const SILENT_MS = 5_000;

const BEGIN = `SELECT set_config('idle_session_timeout', $1, false), set_config('lock_timeout', '0', false)`;

/**
 * Takes the lock $1 and has the session end when it is silent for $2, or does neither, in one statement: a session that
 * got no lock is as it was.
 */
const TRY = `
  SELECT CASE WHEN pg_try_advisory_lock(hashtextextended($1, 0))
              THEN set_config('idle_session_timeout', $2, false) IS NOT NULL ELSE false END AS "isOurs"`;

/** The session that held the lock has ended, and with it the lock. */
export class LockLost extends Error {
  override readonly name = 'LockLost';
}

/**
 * What is done under a lock.
 * @param lost fires, with LockLost, when the session has ended: another process may hold the lock from then on. A
 *   frozen process learns of it when it goes on, so this ends double work soon, and does not protect from it
 */
export type LockedWork<T> = (lost: AbortSignal) => Promise<T>;

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
  work: LockedWork<T>,
): Promise<T> {
  const number = typeof key === 'number' ? '$1' : 'hashtextextended($1, 0)';
  const runner = source.createQueryRunner();
  const session = (await runner.connect()) as LockSession; // which TypeORM types as any
  try {
    await runner.query(BEGIN, [String(SILENT_MS)]);
    await runner.query(`SELECT pg_advisory_lock(${number})`, [key]);
    return await workWithHeartbeat(runner, session, work);
  } finally {
    session.close();
    await runner.release();
  }
}

/**
 * As `withSessionLock`, but does not wait. A session that was told that another holds the lock goes back to the pool:
 * it holds nothing and nothing of it was changed, so asking each second costs a statement, and no connection. Any other
 * end, also one of which we do not know whether the lock was had, ends the session.
 * @returns false, with nothing done, when another holds the lock
 */
export async function trySessionLock(
  source: DataSource,
  key: string,
  work: LockedWork<void>,
): Promise<boolean> {
  const runner = source.createQueryRunner();
  const session = (await runner.connect()) as LockSession;
  let isUntouched = false;
  try {
    const [lock] = (await runner.query(TRY, [key, String(SILENT_MS)])) as [{ isOurs: boolean }];
    isUntouched = !lock.isOurs;
    if (lock.isOurs) await workWithHeartbeat(runner, session, work);
    return lock.isOurs;
  } finally {
    if (!isUntouched) session.close();
    await runner.release();
  }
}

type LockSession = PoolClient & Session;

async function workWithHeartbeat<T>(
  runner: QueryRunner,
  session: LockSession,
  work: LockedWork<T>,
): Promise<T> {
  const lost = new AbortController();
  const onEnd = (): void => lost.abort(new LockLost('The session that held the lock has ended.'));
  session.once('end', onEnd);
  const heartbeat = setInterval(() => {
    if (session.isAtRest) runner.query('SELECT 1').catch(() => undefined); // if it ended the session, work is told
  }, HEARTBEAT_MS);
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(heartbeat);
    session.off('end', onEnd);
  }
}
