import { randomBytes } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { DataSource } from 'typeorm';
import { COSIGNATURE, formatVerifierKey, makeSignerKey } from '../../src/transparency/formats/note-key.js';
import { cosign, formatSignature, parseNote } from '../../src/transparency/formats/signed-note.js';
import { withSessionLock } from '../../src/platform/postgres/session-lock.js';
import { LOG_LOCK } from '../../src/transparency/log/log-lock.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let client: Client;

beforeEach(async () => {
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
  api = await world.start('api');
  client = new Client(api);
});

afterEach(() => world.close());

/** NaN without a sample. */
async function scraped(app: RunningApp, metric: string): Promise<number> {
  const page = (await app.http.get('/metrics')).text;
  return Number(new RegExp(`^seonchak_proof_${metric} (\\S+)$`, 'm').exec(page)?.[1]);
}

const told = (sql: string) => world.rows(`UPDATE log_state SET ${sql}`);

it('are those of the log, whichever process writes it, and also if none does', async () => {
  const witness = formatVerifierKey(makeSignerKey('silent.example', randomBytes(32), COSIGNATURE));
  await withSessionLock(api.app.get(DataSource), LOG_LOCK, async () => {
    const idle = await world.start('worker', { TRANSPARENCY_WITNESSES: `${witness} http://127.0.0.1:1` });
    expect(await scraped(idle, 'lag_seconds')).toBeNaN();
    await told(
      `whole_at = now() - interval '1 h', cosigned_at = now() - interval '2 h', set_back_at = now()`,
    );
    await eventually(async () => expect(await scraped(idle, 'lag_seconds')).toBeGreaterThanOrEqual(3_600));
    await eventually(async () =>
      expect(await scraped(idle, 'witness_age_seconds')).toBeGreaterThanOrEqual(7_200),
    );
    await eventually(async () => expect(await scraped(idle, 'set_back')).toBe(1));
    await told(`set_back_at = NULL`);
    await eventually(async () => expect(await scraped(idle, 'set_back')).toBe(0));
  });
});

it('tell no log whole that lacks what a long transaction holds back', async () => {
  await world.start('worker');
  const log = new LogReader(world);
  await log.begun();
  await eventually(async () =>
    expect(await world.rows('SELECT FROM log_state WHERE whole_at IS NOT NULL')).toHaveLength(1),
  );
  const runner = api.app.get(DataSource).createQueryRunner();
  await runner.startTransaction();
  await runner.query('SELECT pg_current_xact_id()');
  await client.createCampaign({ id: 'held', capacity: 1 });
  const [now] = await world.rows<{ at: Date }>('SELECT clock_timestamp() AS at');
  const since = now?.at ?? new Date();
  const state = async () =>
    (
      await world.rows<{ toldAt: Date; wholeAt: Date }>(
        'SELECT told_at AS "toldAt", whole_at AS "wholeAt" FROM log_state',
      )
    )[0];
  await eventually(async () => expect((await state())?.toldAt.getTime()).toBeGreaterThan(since.getTime()));
  expect((await state())?.wholeAt.getTime()).toBeLessThan(since.getTime());
  await runner.rollbackTransaction();
  await runner.release();
  await eventually(async () => expect((await state())?.wholeAt.getTime()).toBeGreaterThan(since.getTime()));
});

it('count a campaign whose log was stopped until it is finished', async () => {
  const worker = await world.start('worker');
  await new LogReader(world).begun();
  await client.createCampaign({ id: 'wronged', capacity: 2 });
  await client.operate('patch', 'campaigns/wronged/payouts', { state: 'STOPPED', reason: 'a test' });
  await client.claim('wronged', 1);
  const log = new LogReader(world);
  await log.leavesUpTo('claim', 'wronged');
  await world.rows(`UPDATE user_grants SET status = 'SUCCESS' WHERE campaign_id = 'wronged'`);
  await log.leavesUpTo('stopped', 'wronged');
  await eventually(async () => expect(await scraped(worker, 'stopped_campaigns')).toBe(1));
  await world.rows(
    `UPDATE campaigns SET sealed_at = now(), finished_at = now(), success_count = 1 WHERE id = 'wronged'`,
  );
  await eventually(async () => expect(await scraped(worker, 'stopped_campaigns')).toBe(0));
});

it('leave a witness out that does not answer, for a while, and know that too few cosigned', async () => {
  let asked = 0;
  const silent = createServer((socket) => {
    asked += 1;
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const key = formatVerifierKey(makeSignerKey('silent.example', randomBytes(32), COSIGNATURE));
  const { port } = silent.address() as AddressInfo;
  await world.start('worker', {
    TRANSPARENCY_WITNESSES: `${key} http://127.0.0.1:${port}`,
    TRANSPARENCY_QUORUM: '1',
  });
  const log = new LogReader(world);
  await log.begun();
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    await client.createCampaign({ id, capacity: 1 });
    await log.leavesUpTo('epoch', id);
    await log.published();
  }
  // Twice as it begins, and then when the rests are over: not with each of the nine checkpoints or more.
  expect(asked).toBeLessThan(9);
  expect(await world.rows('SELECT cosigned_at FROM log_state')).toEqual([{ cosigned_at: null }]);
  silent.close();
});

/** A witness that cosigns whatever it is asked for, unless it is away. */
async function askedWitness(name: string) {
  const key = makeSignerKey(name, randomBytes(32), COSIGNATURE);
  const standing = { isAway: false };
  const server = createHttpServer((request, response) => {
    void text(request).then((asked) => {
      if (request.method === 'GET') return response.writeHead(404).end(); // it shows nobody what it has seen
      if (standing.isAway) return response.writeHead(503).end();
      const note = parseNote(asked.slice(asked.indexOf('\n\n') + 2));
      return response.end(formatSignature(cosign(note.text, 1_700_000_000, key)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const configured = `${formatVerifierKey(key)} http://127.0.0.1:${port}`;
  return { name, standing, configured, close: () => server.close() };
}

it('has a checkpoint cosigned later whose witness was away, although nothing is new', async () => {
  const first = await askedWitness('first.example');
  const second = await askedWitness('second.example');
  second.standing.isAway = true;
  await world.start('worker', {
    TRANSPARENCY_WITNESSES: `${first.configured}, ${second.configured}`,
    TRANSPARENCY_QUORUM: '2',
  });
  const log = new LogReader(world);
  await log.leavesUpTo('epoch', 'default');
  const size = await log.published();
  await eventually(async () => expect(await cosigners()).toEqual([first.name]), 30_000);
  first.standing.isAway = true; // what it has cosigned stays
  second.standing.isAway = false;
  await eventually(
    async () =>
      expect(await world.rows('SELECT FROM log_state WHERE cosigned_at IS NOT NULL')).toHaveLength(1),
    45_000,
  );
  expect((await cosigners()).sort()).toEqual([first.name, second.name]);
  expect(await log.leaves()).toHaveLength(size);
  first.close();
  second.close();
}, 90_000);

/** The witnesses whose cosignatures the published checkpoint has. */
async function cosigners(): Promise<string[]> {
  const [published] = await world.rows<{ checkpoint: string }>('SELECT checkpoint FROM log_state');
  const names = parseNote(published?.checkpoint ?? '').signatures.map(({ name }) => name);
  return names.filter((name) => name.endsWith('.example'));
}
