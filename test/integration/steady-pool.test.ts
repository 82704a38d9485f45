import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { isPostgresFailure } from '../../src/platform/postgres/postgres-failure.js';
import { postgresOptions } from '../../src/platform/postgres/postgres-options.js';
import { preparedRows, rows } from '../../src/platform/postgres/rows.js';
import type { Session } from '../../src/platform/postgres/session.js';
import { trySessionLock, withSessionLock } from '../../src/platform/postgres/session-lock.js';
import { eventually } from '../support/eventually.js';
import { World } from '../support/world.js';

/** The server times out first, the client a second later. */
const STATEMENT_TIMEOUT_MS = 300;

let world: World;
let source: DataSource;

beforeAll(async () => {
  world = await World.create();
  source = new DataSource(
    postgresOptions({
      url: world.variables.DATABASE_URL ?? '',
      poolSize: 1, // the next caller gets the session of the last one, or a new one
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName: 'seonchak-steady',
    }),
  );
  await source.initialize();
});

afterAll(async () => {
  await source.destroy();
  await world.close();
});

const pid = async (): Promise<number> => {
  const [session] = await rows<{ pid: number }>(source, 'SELECT pg_backend_pid() AS pid');
  return session?.pid ?? 0;
};

const terminate = (of: number): Promise<unknown> => world.rows('SELECT pg_terminate_backend($1)', [of]);

/** The pool's sessions have left neither a statement or transaction under way nor an advisory lock. */
async function expectNothingLeft(): Promise<void> {
  await eventually(async () => {
    expect(
      await world.rows(
        `SELECT state, query FROM pg_stat_activity
          WHERE application_name = 'seonchak-steady' AND state <> 'idle'`,
      ),
    ).toEqual([]);
    expect(
      await world.rows(`SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())`),
    ).toEqual([]);
  });
}

it('tells whoever works under a lock that its session has ended', async () => {
  const told = await withSessionLock(source, 'steady', async (lost) => {
    await world.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await eventually(() => expect(lost.aborted).toBe(true));
    return String(lost.reason);
  });
  expect(told).toBe('LockLost: The session that held the lock has ended.');
});

describe('R14: a session is used again', () => {
  it('after a statement, even one that failed, and after a transaction, committed or rolled back', async () => {
    const first = await pid();
    await source.transaction(async (transaction) => rows(transaction, 'SELECT 1'));
    await expect(source.transaction((transaction) => rows(transaction, 'SELECT 1 / 0'))).rejects.toThrow();
    await expect(rows(source, 'SELECT 1 / 0')).rejects.toThrow('division by zero');
    await expect(preparedRows(source, { name: 'divide', text: 'SELECT 1 / $1::int' }, [0])).rejects.toThrow(
      'division by zero',
    );
    await expect(rows(source, 'SELECT pg_sleep(5)')).rejects.toMatchObject({
      driverError: { code: '57014' },
    });
    expect(await pid()).toBe(first);
  });

  it('after a lock that another holds, and of which nothing is left', async () => {
    const settings = (): Promise<unknown> =>
      rows(source, `SELECT current_setting('idle_session_timeout'), current_setting('lock_timeout')`);
    const [first, before] = [await pid(), await settings()];
    await world.rows('SELECT pg_advisory_lock(hashtextextended($1, 0))', ['steady']);
    let isWorking = false;
    const work = (): Promise<void> => {
      isWorking = true;
      return Promise.resolve();
    };
    expect(await trySessionLock(source, 'steady', work)).toBe(false);
    await world.rows('SELECT pg_advisory_unlock_all()');
    expect([isWorking, await pid(), await settings()]).toEqual([false, first, before]);
    await expectNothingLeft();
  });

  it('after any number of failed statements, and listens no longer to what they waited for', async () => {
    const runner = source.createQueryRunner();
    try {
      const { connection } = (await runner.connect()) as Session;
      const listening = (): number[] =>
        ['readyForQuery', 'end', 'error'].map((event) => connection.listenerCount(event));
      const before = listening();
      for (let i = 0; i < 5; i++) await expect(rows(runner.manager, 'SELECT 1 / 0')).rejects.toThrow();
      expect(listening()).toEqual(before);
    } finally {
      await runner.release();
    }
  });
});

describe('R14: a session is never used again', () => {
  it('when its transaction was left open', async () => {
    const first = await pid();
    const runner = source.createQueryRunner();
    await runner.query('START TRANSACTION');
    await runner.release();
    expect(await pid()).not.toBe(first);
    await expectNothingLeft();
  });

  it('when a statement is still unanswered', async () => {
    const first = await pid();
    const runner = source.createQueryRunner();
    await runner.connect();
    const unanswered = runner.query('SELECT pg_sleep(0.2)').catch(String);
    await sleep(20); // the statement is under way now
    await runner.release();
    expect(await pid()).not.toBe(first);
    expect(await unanswered).toContain('Connection terminated');
    await expectNothingLeft();
  });

  it('when it held a lock', async () => {
    const first = await pid();
    await withSessionLock(source, 'steady', () => Promise.resolve());
    expect(await pid()).not.toBe(first);
    await expectNothingLeft();
  });

  it('when it held a lock that was asked for without waiting', async () => {
    const first = await pid();
    expect(await trySessionLock(source, 'steady', () => Promise.resolve())).toBe(true);
    expect(await pid()).not.toBe(first);
    await expectNothingLeft();
  });

  it('when it waited for a lock in vain; afterwards nobody holds the lock', async () => {
    await world.rows('SELECT pg_advisory_lock(hashtextextended($1, 0))', ['steady']).then(async () => {
      await expect(withSessionLock(source, 'steady', () => Promise.resolve())).rejects.toMatchObject({
        driverError: { code: '57014' },
      });
    });
    await world.rows('SELECT pg_advisory_unlock_all()');
    await withSessionLock(source, 'steady', () => Promise.resolve());
  });

  it('when the server ended it, in a transaction or idle', async () => {
    const broken = source.transaction(async (transaction) => {
      const [session] = await rows<{ pid: number }>(transaction, 'SELECT pg_backend_pid() AS pid');
      await terminate(session?.pid ?? 0);
      await sleep(50);
      await rows(transaction, 'SELECT 1');
    });
    await expect(broken).rejects.toThrow();
    const idle = await pid();
    await terminate(idle);
    await eventually(async () => expect(await pid()).not.toBe(idle));
  });

  it('when the server ended it between two statements of a transaction, which is then a passing failure', async () => {
    const failed = source.transaction(async (transaction) => {
      const [session] = await rows<{ pid: number }>(transaction, 'SELECT pg_backend_pid() AS pid');
      await terminate(session?.pid ?? 0);
      await eventually(async () => expect(transaction.queryRunner?.isReleased).toBe(true));
      await rows(transaction, 'SELECT 1');
    });
    const thrown: unknown = await failed.catch((error: unknown) => error);
    expect(String(thrown)).toContain('already released');
    expect(isPostgresFailure(thrown)).toBe(true);
    await expectNothingLeft();
  });

  it('when the result type of a statement that it had prepared has changed', async () => {
    const statement = { name: 'shape', text: 'SELECT * FROM shape' };
    await world.rows('CREATE TABLE shape (n int)');
    await preparedRows(source, statement, []);
    await world.rows('ALTER TABLE shape ADD COLUMN m int');
    await preparedRows(source, statement, []).catch(() => undefined);
    expect(await preparedRows(source, statement, [])).toEqual([]);
  });
});
