import { setTimeout as sleep } from 'node:timers/promises';
import { LOG_LOCK } from '../../src/transparency/log/log-lock.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { World } from '../support/world.js';

/** More than a worker takes to end what it does, and less than forever. */
const SOON_MS = 5_000;
/** More than the time between two reports of the writer. */
const REPORTED_MS = 6_000;

let world: World;
let log: LogReader;

beforeAll(async () => {
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
  log = new LogReader(world);
});

afterAll(() => world.close());

/** The session that holds the lock of the log's writer; null when none does. */
async function holder(): Promise<number | null> {
  const [found] = await world.rows<{ pid: number }>(
    `SELECT pid FROM pg_locks CROSS JOIN (SELECT hashtextextended($1, 0) AS key) AS wanted
      WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32 | objid::bigint) = key
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [LOG_LOCK],
  );
  return found?.pid ?? null;
}

it('is told to stop while it waits for somebody else’s transaction, and stops', async () => {
  const other = await world.pg.connect();
  await other.query('BEGIN');
  await other.query('SELECT pg_current_xact_id()');
  try {
    const worker = await world.start('worker');
    await eventually(async () =>
      expect(await world.rows(`SELECT name FROM change_readers WHERE name = 'log'`)).toHaveLength(1),
    );
    await eventually(async () => expect(await holder()).not.toBeNull());
    const closed = worker.close().then(() => 'closed');
    expect(await Promise.race([closed, sleep(SOON_MS, 'still waits')])).toBe('closed');
    expect(await log.leaves()).toEqual([]);
  } finally {
    await other.query('ROLLBACK');
    other.release();
  }
});

it('takes the lock again when its session has ended, before it writes on', async () => {
  await world.start('worker');
  await log.begun();
  const first = await eventually(async () => {
    const pid = await holder();
    expect(pid).not.toBeNull();
    return pid;
  });
  await world.rows('SELECT pg_terminate_backend($1)', [first]);
  await eventually(async () => expect([null, first]).not.toContain(await holder()));
});

it('writes on from memory when only its report of itself fails', async () => {
  await world.rows(`
    CREATE FUNCTION refuse_report() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no report'; END $$`);
  await world.rows(
    'CREATE TRIGGER refuse_report BEFORE UPDATE OF told_at ON log_state FOR EACH ROW EXECUTE FUNCTION refuse_report()',
  );
  const before = await holder();
  await sleep(REPORTED_MS);
  expect(await holder()).toBe(before);
  const client = new Client(await world.start('api'));
  await client.createCampaign({ id: 'untold', capacity: 1 });
  await client.claim('untold', 1);
  await log.leavesUpTo('end', 'untold');
  expect(await holder()).toBe(before);
});
