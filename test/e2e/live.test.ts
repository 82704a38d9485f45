import { setTimeout as sleep } from 'node:timers/promises';
import { Broadcasts } from '../../src/live/figures/broadcasts.js';
import type { LiveFiguresView } from '../../src/live/figures/figures.dto.js';
import { GateRates } from '../../src/grants/slots/gate-rates.js';
import { PostgresReading } from '../../src/live/figures/postgres-reading.js';
import { Client } from '../support/client.js';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { rush, users } from '../support/rush.js';
import { adminToken, operatorToken, tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

/** Two leases, after which gate and Postgres may not differ any more. */
const LEASE_MS = 1_000;

let world: World;
let api: RunningApp;
let other: RunningApp;
let clients: Client[];
let reader: string;
const streams: EventStreamClient[] = [];

beforeAll(async () => {
  world = await World.create({ SLOT_LEASE_MS: String(LEASE_MS) });
  [api, other] = [await world.start('api'), await world.start('api')];
  clients = [new Client(api), new Client(other)];
  reader = await operatorToken('7', 'grants:read');
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const stream of streams.splice(0)) stream.close();
  await eventually(() => expect(api.app.get(Broadcasts).size).toEqual({ streams: 0, campaigns: 0 }));
});

afterAll(() => world.close());

/** A stream that has sent the first figures. */
async function listen(campaignId: string, at = api): Promise<EventStreamClient> {
  const stream = await EventStreamClient.open(at.url, `/v1/campaigns/${campaignId}/live`, reader);
  streams.push(stream);
  await eventually(() => expect(stream.events.length).toBeGreaterThan(0));
  return stream;
}

async function figures(campaignId: string): Promise<LiveFiguresView> {
  const { status, body, headers } = await clients[0]!.operate('get', `campaigns/${campaignId}/figures`);
  expect({ status, cache: headers['cache-control'] }).toEqual({ status: 200, cache: 'no-store' });
  return body as LiveFiguresView;
}

const lastOf = ({ events }: EventStreamClient): LiveFiguresView => events.at(-1)!.data as LiveFiguresView;

function expectToAddUp({ capacity, postgres }: LiveFiguresView): void {
  expect(postgres.available + postgres.processing + postgres.settled).toBe(capacity);
}

describe('the figures of a campaign', () => {
  it('add up to its capacity, from Postgres and from the gate, and say of when they are', async () => {
    await clients[0]!.createCampaign({ id: 'adds-up', capacity: 5, waitingCapacity: 2 });
    for (const userId of users(1, 6)) await clients[0]!.claim('adds-up', userId);
    const before = Date.now();
    const view = await figures('adds-up');
    expectToAddUp(view);
    expect(view).toMatchObject({
      ...{ campaignId: 'adds-up', state: 'OPEN', capacity: 5, differs: false, payoutsStopped: false },
      postgres: { available: 0, processing: 5, settled: 0, waiting: 1, failed: 0, ended: 0 },
      gate: { available: 0, processing: 5, settled: 0, waiting: 1 },
      ...{ inDoubt: 0, held: 0 },
    });
    for (const time of [view.at, view.postgres.asOf, view.gate!.asOf])
      expect(Math.abs(new Date(time).getTime() - before)).toBeLessThan(2_000);
    expect(view.oldestUnpaidMs).toBeGreaterThanOrEqual(0);
  });

  it('count paid, failed and ended people, and say that payouts are stopped', async () => {
    const [client] = clients;
    await client!.operate('patch', 'campaigns/adds-up/payouts', { state: 'STOPPED', reason: 'a test' });
    await eventually(async () => expect(await figures('adds-up')).toMatchObject({ payoutsStopped: true }));
    await client!.revoke('adds-up', 1); // user 6 gets the slot
    await client!.claim('adds-up', 7);
    await client!.leave('adds-up', 7);
    await client!.operate('patch', 'campaigns/adds-up/payouts', { state: 'RUNNING', reason: 'a test' });
    const worker = await world.start('worker');
    await eventually(async () => {
      const view = await figures('adds-up');
      expectToAddUp(view);
      expect(view).toMatchObject({
        postgres: { available: 0, processing: 0, settled: 5, waiting: 0, failed: 1, ended: 0, left: 1 },
        gate: { settled: 5 },
        ...{ oldestUnpaidMs: null, payoutsStopped: false },
      });
    });
    await worker.close();
  });

  it('have the rates of the whole deployment, whichever instance is asked', async () => {
    await clients[0]!.createCampaign({ id: 'rates', capacity: 20, waitingCapacity: 10 });
    const stream = await listen('rates');
    // Half of them ask one instance, half the other; all of them in a second or two.
    await rush(clients, 'rates', users(1, 40));
    await eventually(() => {
      const seen = stream.events.map(({ data }) => (data as LiveFiguresView).rates!);
      const most = (kind: keyof (typeof seen)[number]): number =>
        Math.max(...seen.map((rates) => rates[kind]));
      // 20, 10 and 10 in three seconds, if all were told in the same three.
      expect(most('accepted')).toBeCloseTo(20 / 3, 1);
      expect(most('waitlisted')).toBeCloseTo(10 / 3, 1);
      expect(most('soldOut')).toBeCloseTo(10 / 3, 1);
    });
    const busy = stream.events
      .map(({ data }) => (data as LiveFiguresView).latencyMs)
      .find((ms) => ms !== null);
    expect(busy!.p50).toBeGreaterThan(0);
    expect(busy!.p99).toBeGreaterThanOrEqual(busy!.p50);
    await eventually(() => expect(lastOf(stream)).toMatchObject({ rates: { accepted: 0 }, latencyMs: null }));
    await eventually(async () => expect(await world.redis.keys('grant-rates:*')).toEqual([])); // they have an end
  });

  it('say that gate and Postgres differ, but only after two leases', async () => {
    await clients[0]!.createCampaign({ id: 'differs', capacity: 3 });
    await clients[0]!.claim('differs', 1);
    await world.redis.rpop('grant:{differs}:available');
    const stream = await listen('differs');
    const opened = performance.now();
    await eventually(() => expect(lastOf(stream).differs).toBe(true));
    expect(performance.now() - opened).toBeGreaterThanOrEqual(2 * LEASE_MS - 100);
    expect(lastOf(stream)).toMatchObject({ postgres: { available: 2 }, gate: { available: 1 } });
  });

  it('do not say so of what Postgres said a while ago, while it can not be asked', async () => {
    await clients[0]!.createCampaign({ id: 'old', capacity: 3 });
    const stream = await listen('old');
    await eventually(() => expect(lastOf(stream)).toMatchObject({ postgres: { available: 3 } }));
    const read = jest.spyOn(api.app.get(PostgresReading), 'read');
    read.mockRejectedValue(new Error('the connection is lost'));
    await clients[1]!.claim('old', 1);
    const silent = stream.events.length;
    await eventually(() => expect(lastOf(stream)).toMatchObject({ gate: { available: 2 } }));
    await sleep(2 * LEASE_MS + 2_000);
    const since = stream.events.slice(silent).map(({ data }) => (data as LiveFiguresView).differs);
    expect(since.length).toBeGreaterThan(2);
    expect(since).not.toContain(true);
    expect(lastOf(stream)).toMatchObject({ postgres: { available: 3 } });
    read.mockRestore();
  });

  it('go on while Postgres does not answer, say when it was read last, and do not ask it again meanwhile', async () => {
    await clients[0]!.createCampaign({ id: 'silent', capacity: 3 });
    const stream = await listen('silent');
    const read = jest.spyOn(api.app.get(PostgresReading), 'read');
    read.mockReturnValue(new Promise(() => undefined));
    await eventually(() => expect(read).toHaveBeenCalled());
    const silent = stream.events.length;
    await clients[1]!.claim('silent', 1);
    await eventually(() => expect(stream.events.length).toBeGreaterThan(silent + 3));
    const [later, last] = stream.events.slice(-2).map(({ data }) => data as LiveFiguresView);
    expect(last!.postgres).toEqual(later!.postgres);
    expect(last).toMatchObject({ postgres: { available: 3 }, gate: { available: 2 } });
    expect(new Date(last!.postgres.readAt).getTime()).toBeLessThan(new Date(last!.at).getTime());
    expect(read).toHaveBeenCalledTimes(1);
    read.mockRestore();
  });

  it('are refused to those who may not read, and for what does not exist', async () => {
    for (const call of ['figures', 'live']) {
      const path = `/v1/campaigns/adds-up/${call}`;
      expectProblem(await api.http.get(path), 401, 'invalid-token');
      expectProblem(
        await api.http.get(path).set('Authorization', `Bearer ${await tokenOf(5)}`),
        403,
        'forbidden',
      );
      const nowhere = api.http.get(`/v1/campaigns/nope/${call}`);
      expectProblem(await nowhere.set('Authorization', `Bearer ${reader}`), 404, 'unknown-campaign');
    }
  });
});

describe('the stream', () => {
  it('sends the figures once a second, with beats between, uncached', async () => {
    const stream = await listen('adds-up');
    expect(stream.response.statusCode).toBe(200);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    await sleep(5_600);
    expect(stream.events.length).toBeGreaterThanOrEqual(5);
    expect(stream.events.length).toBeLessThanOrEqual(7);
    expect(stream.events.every(({ event }) => event === 'figures')).toBe(true);
    expect(stream.comments).toBeGreaterThanOrEqual(1);
    for (const { data } of stream.events) expectToAddUp(data as LiveFiguresView);
  });

  it('reads once a second, however many listen, and ends with the last of them', async () => {
    const read = jest.spyOn(api.app.get(PostgresReading), 'read');
    const many = await Promise.all(users(1, 30).map(() => listen('adds-up')));
    expect(api.app.get(Broadcasts).size).toEqual({ streams: 30, campaigns: 1 });
    const before = read.mock.calls.length;
    await sleep(3_000);
    expect(read.mock.calls.length - before).toBeLessThanOrEqual(4);
    for (const stream of many) expect(stream.events.length).toBeGreaterThanOrEqual(3);
    for (const stream of many) stream.close();
    await eventually(() => expect(api.app.get(Broadcasts).size).toEqual({ streams: 0, campaigns: 0 }));
    const after = read.mock.calls.length;
    await sleep(2_200);
    expect(read.mock.calls.length).toBe(after);
    read.mockRestore();
  });

  it('goes on while Redis has lost everything, and with what is left', async () => {
    await clients[0]!.createCampaign({ id: 'lost', capacity: 3 });
    await clients[0]!.claim('lost', 1);
    const stream = await listen('lost');
    expect(lastOf(stream).gate).toMatchObject({ processing: 1 });
    await world.redis.flushdb();
    await eventually(() => expect(lastOf(stream).gate).toBeNull());
    expect(lastOf(stream)).toMatchObject({ postgres: { available: 2, processing: 1 }, differs: false });
    expect((await clients[0]!.claim('lost', 2)).status).toBe(202); // which rebuilds the gate
    await eventually(() => expect(lastOf(stream).gate).toMatchObject({ processing: 2 }));
  });

  it('has no rates of seconds that Redis has lost: a chart has a gap there, and no zero', async () => {
    const stream = await listen('lost');
    await eventually(async () => {
      await api.app.get(GateRates).add('lost', [3]);
      await eventually(() => expect(lastOf(stream).rates!.accepted).toBeGreaterThan(0));
      await world.redis.flushdb();
      const seen = stream.events.length;
      await eventually(() => expect(stream.events.length).toBeGreaterThan(seen + 1));
      // Whoever is slow finds that the seconds were over before they were lost, and tries again.
      expect(stream.events.slice(seen).map(({ data }) => (data as LiveFiguresView).rates)).toContain(null);
    });
    await eventually(() => expect(lastOf(stream).rates).toMatchObject({ accepted: 0 }));
  });

  it('ends when the instance shuts down, which does not wait for it', async () => {
    const third = await world.start('api');
    const stream = await listen('adds-up', third);
    await eventually(() => expect(stream.events.length).toBeGreaterThan(0));
    const began = performance.now();
    await third.close();
    expect(performance.now() - began).toBeLessThan(3_000);
    await eventually(() => expect(stream.isClosed).toBe(true));
  });

  it('has no body for HEAD', async () => {
    const answer = await api.http
      .head('/v1/campaigns/adds-up/live')
      .set('Authorization', `Bearer ${await adminToken()}`);
    expect(answer.status).toBe(200);
  });
});
