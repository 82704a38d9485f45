import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { EventReceiver } from '../support/event-receiver.js';
import { Scrape } from '../support/scrape.js';
import { type RunningApp, World } from '../support/world.js';

// The webhooks that we send (docs/webhooks.md): all of what happens, at least once, in order for each grant.

let world: World;
let client: Client;
let receiver: EventReceiver;
let other: EventReceiver | undefined;
let worker: RunningApp;

beforeAll(async () => {
  world = await World.create({
    ...{ WEBHOOKS_ALLOWED_ADDRESSES: '127.0.0.1', WEBHOOKS_RETRY_MS: '20', WEBHOOKS_TIMEOUT_MS: '500' },
    ...{ FINISH_AFTER_MS: '0' },
  });
  client = new Client(await world.start('api'));
  worker = await world.start('worker');
});

afterAll(() => world.close());

beforeEach(async () => {
  receiver = await EventReceiver.start();
});

afterEach(async () => {
  for (const { id } of (await ask('get', '')).body.items) await ask('delete', `/${id}`);
  receiver.close();
  other?.close();
  other = undefined;
});

const ask = (
  method: 'get' | 'post' | 'patch' | 'delete',
  path: string,
  body?: Readonly<Record<string, unknown>>,
) => client.operate(method, `webhook-endpoints${path}`, body);

/** Creates an endpoint at the receiver, which verifies by its secret from now on. */
async function subscribe(more: object = {}): Promise<string> {
  const { status, body } = await ask('post', '', { url: receiver.url, ...more });
  expect(status).toBe(201);
  receiver.secrets = [body.secret];
  return body.id;
}

async function payouts(state: 'STOPPED' | 'RUNNING'): Promise<void> {
  const { status } = await client.operate('patch', 'campaigns/drop/payouts', { state, reason: 'a test' });
  expect(status).toBe(200);
}

const shown = async (id: string): Promise<Record<string, unknown>> => (await ask('get', `/${id}`)).body;

it('tells of everything, signed, each grant in order', async () => {
  await subscribe();
  await client.createCampaign({ id: 'drop', capacity: 2, waitingCapacity: 5 });
  await client.closeWallet(102);
  await payouts('STOPPED'); // the line ends when all slots are paid, and nobody can leave it then
  for (const userId of [101, 102, 103, 104, 105]) await client.claim('drop', userId);
  expect((await client.leave('drop', 105)).status).toBe(200);
  await payouts('RUNNING');
  await eventually(async () => expect((await client.status('drop', 103)).body.status).toBe('SUCCESS'));
  await client.changeCampaign('drop', { state: 'CLOSED' });
  await eventually(() => expect(receiver.told('drop').at(-1)).toBe('campaign.state FINISHED'));

  expect(receiver.toldOf('drop', 1)).toEqual(['grant.granted 1', 'grant.paid 1']);
  expect(receiver.toldOf('drop', 2)).toEqual(['grant.granted 2', 'grant.failed 2']);
  expect(receiver.toldOf('drop', 3)).toEqual(['grant.waiting 3', 'grant.promoted 3', 'grant.paid 3']);
  expect(receiver.toldOf('drop', 4)).toEqual(['grant.waiting 4', 'grant.ended 4']);
  expect(receiver.toldOf('drop', 5)).toEqual(['grant.waiting 5', 'grant.ended 5']);
  expect(receiver.told('drop').filter((name) => name.startsWith('campaign'))).toEqual([
    'campaign.state OPEN',
    'campaign.state CLOSED',
    'campaign.state FINISHED',
  ]);
  const paid = receiver.received.find(({ type, data }) => type === 'grant.paid' && data.arrivalNo === 3);
  expect(paid).toEqual({
    id: expect.stringMatching(/^evt_[\da-f]{32}$/),
    ...{ type: 'grant.paid', version: 1, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
    data: {
      ...{ campaignId: 'drop', userId: '103', arrivalNo: 3, slot: 2, amount: 10, currency: 'KRW' },
      payoutReference: (await client.status('drop', 103)).body.payoutReference,
    },
  });
  const reasons = receiver.received.flatMap(({ data }) => (data.reason === undefined ? [] : [data.reason]));
  expect(reasons.sort()).toEqual(['left', 'line-ended', 'wallet-closed']);
  expect(receiver.refused).toEqual([]);
});

it('sends again what was not accepted, and keeps the order of each grant', async () => {
  const id = await subscribe();
  const failedOnce = new Set<string>();
  receiver.answer = (response, _, { id: eventId }) => {
    response.writeHead(failedOnce.has(eventId) ? 204 : 500).end();
    failedOnce.add(eventId);
  };
  await client.createCampaign({ id: 'flaky', capacity: 20 });
  for (let userId = 1; userId <= 20; userId++) await client.claim('flaky', userId);
  await eventually(async () => {
    expect(receiver.toldOfGrants('flaky')).toHaveLength(40);
    expect(await shown(id)).toMatchObject({ waitingSince: null, failingSince: null, state: 'ON' });
  });
  for (let arrivalNo = 1; arrivalNo <= 20; arrivalNo++)
    expect(receiver.toldOf('flaky', arrivalNo)).toEqual([
      `grant.granted ${arrivalNo}`,
      `grant.paid ${arrivalNo}`,
    ]);
  expect(receiver.received.length).toBeGreaterThan(41);
});

it('keeps what a receiver that is down has missed, and delays no other one', async () => {
  const sound = (other = await EventReceiver.start());
  const { body } = await ask('post', '', { url: sound.url });
  sound.secrets = [body.secret];
  const id = await subscribe({ eventTypes: ['grant.paid'] });
  receiver.answer = () => undefined; // never
  await client.createCampaign({ id: 'outage', capacity: 30 });
  for (let userId = 1; userId <= 30; userId++) await client.claim('outage', userId);
  await eventually(() => expect(sound.toldOfGrants('outage')).toHaveLength(60));
  await eventually(async () => expect(await shown(id)).toMatchObject({ lastFailure: 'time-out' }));
  expect((await shown(id)).failingSince).not.toBeNull();
  receiver.accept();
  await eventually(async () =>
    expect(await shown(id)).toMatchObject({ waitingSince: null, failingSince: null }),
  );
  expect([...receiver.told('outage')].sort()).toEqual(
    Array.from({ length: 30 }, (_, i) => `grant.paid ${i + 1}`).sort(),
  );
});

it('goes on past an event that is refused for what it says, and sends it when it is accepted', async () => {
  const id = await subscribe({ eventTypes: ['grant.granted', 'grant.paid'] });
  let refuses = true;
  receiver.answer = (response, _, { data }) =>
    response.writeHead(refuses && data.userId === '1' ? 400 : 200).end();
  await client.createCampaign({ id: 'poison', capacity: 6 });
  await client.claim('poison', 1);
  await eventually(async () => expect((await shown(id)).lastFailure).toBe('answered-400'));
  for (const userId of [2, 3, 4, 5, 6]) await client.claim('poison', userId);
  await eventually(() => {
    for (const arrivalNo of [2, 3, 4, 5, 6])
      expect(receiver.toldOf('poison', arrivalNo)).toEqual([
        `grant.granted ${arrivalNo}`,
        `grant.paid ${arrivalNo}`,
      ]);
  });
  expect(receiver.toldOf('poison', 1)).toEqual(['grant.granted 1']);
  refuses = false;
  await eventually(() => expect(receiver.toldOf('poison', 1)).toEqual(['grant.granted 1', 'grant.paid 1']));
});

it('switches off an endpoint that is gone, and sends what it missed once it is on again', async () => {
  const id = await subscribe();
  receiver.answer = (response) => response.writeHead(410).end();
  await client.createCampaign({ id: 'gone', capacity: 3 });
  await eventually(async () => expect(await shown(id)).toMatchObject({ state: 'OFF', offReason: 'gone' }));
  receiver.received.length = 0;
  for (const userId of [1, 2, 3]) await client.claim('gone', userId);
  receiver.accept();
  const { body } = await ask('patch', `/${id}`, { state: 'ON', reason: 'the receiver is back' });
  expect(body).toMatchObject({ state: 'ON', offReason: null, offAt: null, failingSince: null });
  await eventually(() => expect(receiver.toldOfGrants('gone')).toHaveLength(6));
});

it('sends all that a receiver missed once it is back, however long it was away', async () => {
  await subscribe({ eventTypes: ['grant.granted', 'campaign.state'] });
  await client.createCampaign({ id: 'was-there', capacity: 1 });
  await eventually(() => expect(receiver.told('was-there')).toEqual(['campaign.state OPEN']));
  // Two events failed when it went away, and one that it refuses for what it says a day before.
  await world.rows(
    `WITH away AS (
       UPDATE webhook_endpoints SET failures = 3, failing_since = now() - interval '4 days'
     ), events AS (
       INSERT INTO webhook_events (no, event_id, type, subject, body)
       SELECT -n, 'evt_missed_' || n, 'grant.granted', 'missed/' || n,
              json_build_object('type', 'grant.granted', 'data', json_build_object('campaignId', 'missed', 'arrivalNo', n))
         FROM generate_series(1, 3) AS n RETURNING no, subject
     ) INSERT INTO webhook_retries (endpoint_id, event_no, subject, attempts, first_failed_at, due_at)
       SELECT id, no, subject, 1, now() - CASE no WHEN -3 THEN interval '5 days' ELSE interval '3 days 23 hours' END,
              now() + interval '5 hours'
         FROM events CROSS JOIN webhook_endpoints`,
  );
  try {
    await client.createCampaign({ id: 'is-back', capacity: 1 });
    await eventually(() => expect(receiver.told('is-back')).toEqual(['campaign.state OPEN']));
    await eventually(() =>
      expect([...receiver.told('missed')].sort()).toEqual(['grant.granted 1', 'grant.granted 2']),
    );
    await eventually(async () =>
      expect(await world.rows(`SELECT event_no FROM webhook_retries`)).toEqual([]),
    );
  } finally {
    await world.rows(`DELETE FROM webhook_events WHERE event_id LIKE 'evt_missed_%'`);
  }
});

it.each([
  ['follows no redirect', { status: 302, headers: { location: '/elsewhere' } }, 'answered-302'],
  ['takes no huge header', { status: 500, headers: { 'x-large': 'x'.repeat(100_000) } }, 'unreadable'],
] as const)('%s', async (_, { status, headers }, failure) => {
  const id = await subscribe();
  receiver.answer = (response) => response.writeHead(status, { ...headers }).end();
  await client.createCampaign({ id: `hostile-${failure.toLowerCase()}`, capacity: 1 });
  await eventually(async () => expect((await shown(id)).lastFailure).toBe(failure));
});

it('reads no more of an endless answer than it must', async () => {
  const id = await subscribe();
  let written = 0;
  receiver.answer = (response) => {
    response.writeHead(200);
    const pour = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  };
  await client.createCampaign({ id: 'endless', capacity: 1 });
  await eventually(async () =>
    expect(await shown(id)).toMatchObject({ waitingSince: null, failingSince: null }),
  );
  expect(written).toBeLessThan(16_777_216); // what sockets on both sides buffer
});

it('signs by two secrets while one replaces the other', async () => {
  const id = await subscribe();
  const [old = ''] = receiver.secrets;
  const { body } = await ask('post', `/${id}/secret-rotation`, { previousValidForSeconds: null });
  expect(body.secret).not.toBe(old);
  expect(body.previousSecretUntil).not.toBeNull();
  receiver.secrets = [old, body.secret]; // each verifies, alone
  await client.createCampaign({ id: 'rotated', capacity: 1 });
  await eventually(() => expect(receiver.told('rotated')).toEqual(['campaign.state OPEN']));
  await ask('post', `/${id}/secret-rotation`, { previousValidForSeconds: 0, reason: 'it leaked' });
  await client.changeCampaign('rotated', { state: 'PAUSED' });
  await eventually(() => expect(receiver.refused).not.toEqual([]));
  const acts = JSON.stringify((await client.operate('get', 'admin-acts')).body);
  expect(acts).toContain('webhook-secret-rotated');
  expect(acts).not.toContain('whsec_');
});

it('replays a span of time with the same ids', async () => {
  const id = await subscribe({ eventTypes: ['grant.granted'] });
  const [{ from } = { from: '' }] = await world.rows<{ from: string }>(
    `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS from`,
  );
  await client.createCampaign({ id: 'again', capacity: 3 });
  for (const userId of [1, 2, 3]) await client.claim('again', userId);
  await eventually(async () => {
    expect(receiver.received).toHaveLength(3);
    expect((await shown(id)).waitingSince).toBeNull();
  });
  expect((await ask('post', `/${id}/replay`, { from })).status).toBe(202);
  await eventually(() => expect(receiver.received).toHaveLength(6));
  await eventually(async () => expect((await shown(id)).isReplaying).toBe(false));
  const ids = receiver.received.map((event) => event.id);
  expect(ids.slice(3)).toEqual(ids.slice(0, 3));
});

it('leaves a replay alone while it sends nothing but retries', async () => {
  const id = await subscribe({ eventTypes: ['grant.granted'] });
  const [{ from } = { from: '' }] = await world.rows<{ from: string }>(
    `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS from`,
  );
  await client.createCampaign({ id: 'behind', capacity: 3 });
  for (const userId of [1, 2, 3]) await client.claim('behind', userId);
  await eventually(async () => {
    expect(receiver.received).toHaveLength(3);
    expect((await shown(id)).waitingSince).toBeNull();
  });
  // As many as stop the line, none of them due; their numbers are those of no other event.
  await world.rows(
    `WITH events AS (
       INSERT INTO webhook_events (no, event_id, type, subject, body)
       SELECT -n, 'evt_refused_' || n, 'grant.granted', 'refused/' || n, '{}' FROM generate_series(1, 1000) AS n
       RETURNING no, subject
     ) INSERT INTO webhook_retries (endpoint_id, event_no, subject, attempts, first_failed_at, due_at)
       SELECT $1::uuid, no, subject, 1, now(), now() + interval '1 hour' FROM events`,
    [id],
  );
  try {
    expect((await ask('post', `/${id}/replay`, { from })).status).toBe(202);
    await sleep(1_000); // some rounds
    expect((await shown(id)).isReplaying).toBe(true);
    expect(receiver.received).toHaveLength(3);
  } finally {
    await world.rows(`DELETE FROM webhook_events WHERE event_id LIKE 'evt_refused_%'`);
  }
  await eventually(() => expect(receiver.received).toHaveLength(6));
  await eventually(async () => expect((await shown(id)).isReplaying).toBe(false));
});

it("tells and sends at once although Postgres' clock was set back by an hour", async () => {
  const id = await subscribe({ eventTypes: ['campaign.state'] });
  receiver.answer = (response, _, { data }) =>
    response.writeHead(data.campaignId === 'refused' ? 400 : 204).end();
  await client.createCampaign({ id: 'refused', capacity: 1 });
  await client.createCampaign({ id: 'earlier', capacity: 1 });
  await eventually(async () => {
    expect(receiver.told('earlier')).toEqual(['campaign.state OPEN']);
    expect(await shown(id)).toMatchObject({ failingSince: null, lastFailure: 'answered-400' });
  });
  receiver.accept();
  receiver.received.length = 0;
  // What was written by the clock of before says so much more than it would have.
  await world.rows(
    `BEGIN; -- in the order in which the worker locks them
     UPDATE webhook_progress SET teller = gen_random_uuid(), told_until = now() + interval '1 hour';
     UPDATE webhook_endpoints SET not_before = now() + interval '1 hour', accepted_at = now() + interval '1 hour';
     UPDATE webhook_retries SET due_at = now() + interval '1 hour';
     COMMIT`,
  );
  await client.createCampaign({ id: 'later', capacity: 1 });
  await eventually(async () => {
    expect(receiver.told('later')).toEqual(['campaign.state OPEN']);
    expect(receiver.told('refused')).toEqual(['campaign.state OPEN']);
    expect(await shown(id)).toMatchObject({ waitingSince: null, failingSince: null });
  });
});

it.each([
  ['back', 1],
  ['forward', -1],
])(
  "lets a secret that was replaced sign for as long as was said, although Postgres' clock was set %s",
  async (_, way) => {
    const id = await subscribe();
    await ask('post', `/${id}/secret-rotation`, { previousValidForSeconds: 7_200 });
    const until = async (): Promise<number> =>
      (
        await world.rows<{ ms: number }>(
          `SELECT extract(epoch FROM previous_secret_until - now())::float8 * 1000 AS ms FROM webhook_endpoints`,
        )
      )[0]!.ms;
    // All that the clock of before has written is by so much later, or earlier.
    await world.rows(
      `BEGIN;
       UPDATE webhook_progress SET told_until = told_until + ${way} * interval '1 hour' WHERE teller IS NOT NULL;
       UPDATE webhook_endpoints SET previous_secret_until = previous_secret_until + ${way} * interval '1 hour';
       COMMIT`,
    );
    await eventually(async () => {
      expect(await until()).toBeGreaterThan(7_100_000);
      expect(await until()).toBeLessThan(7_300_000);
    });
  },
);

/** Creates a campaign by a transaction that is under way while the only endpoint is replaced. */
async function createMeanwhile(campaignId: string, beforeTheNext?: () => Promise<void>): Promise<void> {
  const id = await subscribe();
  await client.createCampaign({ id: `before-${campaignId}`, capacity: 1 });
  await eventually(() => expect(receiver.told(`before-${campaignId}`)).toEqual(['campaign.state OPEN']));
  const funding = await world.pg.connect();
  await funding.query('BEGIN; LOCK TABLE ledger_transactions IN SHARE ROW EXCLUSIVE MODE');
  await ask('delete', `/${id}`);
  const creation = client.createCampaign({ id: campaignId, capacity: 2 });
  await eventually(async () => {
    const { rowCount } = await funding.query(
      `SELECT FROM pg_locks WHERE relation = 'ledger_transactions'::regclass AND NOT granted`,
    );
    expect(rowCount).toBeGreaterThan(0);
  });
  await beforeTheNext?.();
  await subscribe();
  await funding.query('COMMIT');
  funding.release();
  await creation;
}

it('tells of a campaign that is created while the only endpoint is replaced', async () => {
  await createMeanwhile('meanwhile');
  await client.claim('meanwhile', 1);
  await eventually(() =>
    expect(receiver.toldOfGrants('meanwhile')).toEqual(['grant.granted 1', 'grant.paid 1']),
  );
});

it('tells nothing of such a campaign out of order while others that are under way hold it back', async () => {
  await createMeanwhile('held-back', () => worker.close());
  await client.claim('held-back', 1);
  expect((await client.revoke('held-back', 1)).status).toBeLessThan(300);
  const underWay = await world.pg.connect();
  await underWay.query('BEGIN');
  await underWay.query('SELECT pg_current_xact_id()'); // whoever begins to tell now waits for it
  worker = await world.start('worker');
  await sleep(1_500); // several rounds
  await underWay.query('ROLLBACK');
  underWay.release();
  await eventually(() =>
    expect(receiver.toldOfGrants('held-back')).toEqual(['grant.granted 1', 'grant.ended 1']),
  );
});

it('goes to no address that is not allowed, whatever a name means', async () => {
  const id = await subscribe();
  for (const host of ['localhost', '10.0.0.1', '[::1]', '[::ffff:10.0.0.1]', '169.254.169.254']) {
    const state =
      (await client.operate('get', 'campaigns/default')).body.state === 'OPEN' ? 'PAUSED' : 'OPEN';
    await ask('patch', `/${id}`, { url: `http://${host}:${receiver.port}/`, state: 'ON' });
    await world.rows(`UPDATE webhook_endpoints SET last_failure = NULL`);
    await client.changeCampaign('default', { state });
    await eventually(async () => {
      // what counts is what is connected to, not the name: `localhost` means 127.0.0.1, too, which is allowed here
      if (host === 'localhost') expect(receiver.received).toHaveLength(1);
      else expect((await shown(id)).lastFailure).toBe('address-refused');
    });
  }
  expect(receiver.received).toHaveLength(1);
});

describe('metrics', () => {
  const gauge = async (name: string, labels: Readonly<Record<string, string>>): Promise<number | undefined> =>
    (await Scrape.of(worker)).sum(`seonchak_${name}`, labels);
  const expectStates = (expected: Readonly<Record<string, number>>): Promise<void> =>
    eventually(async () => {
      const scrape = await Scrape.of(worker);
      const states = Object.keys(expected).map((state): [string, number | undefined] => [
        state,
        scrape.sum('seonchak_webhook_endpoints', { state }),
      ]);
      expect(Object.fromEntries(states)).toEqual(expected);
    });

  it('say what an endpoint has not accepted and since when, until it has everything', async () => {
    const endpoint = await subscribe();
    receiver.answer = (response) => response.writeHead(500).end();
    await client.createCampaign({ id: 'late', capacity: 5 });
    await eventually(() => expect(receiver.asked).toBeGreaterThan(0)); // what comes later waits behind it
    for (const userId of [1, 2, 3, 4, 5]) await client.claim('late', userId);
    await expectStates({ on: 0, failing: 1, off: 0, 'given-up': 0 });
    await eventually(async () => {
      expect(await gauge('webhooks_undelivered', { endpoint, state: 'again' })).toBeGreaterThan(0);
      expect(await gauge('webhooks_undelivered', { endpoint, state: 'new' })).toBeGreaterThan(0);
    });
    // The oldest event, and not the one that is sent next, or the last.
    await world.rows(
      `UPDATE webhook_events SET recorded_at = now() - interval '1 hour'
        WHERE no = (SELECT min(event_no) FROM webhook_retries)`,
    );
    await eventually(async () =>
      expect(await gauge('oldest_undelivered_seconds', { endpoint })).toBeGreaterThanOrEqual(3_600),
    );
    receiver.accept();
    await expectStates({ on: 1, failing: 0, off: 0, 'given-up': 0 });
    await eventually(async () => {
      expect(await gauge('webhooks_undelivered', { endpoint })).toBeUndefined();
      expect(await gauge('oldest_undelivered_seconds', { endpoint })).toBeUndefined();
    });
  });

  it('tell who was switched off by us from who was by an operator, and wait for neither', async () => {
    const [gone, off] = [await subscribe(), await subscribe()];
    receiver.secrets = [];
    await ask('patch', `/${off}`, { state: 'OFF', reason: 'the receiver is moved' });
    receiver.answer = (response) => response.writeHead(410).end();
    await client.createCampaign({ id: 'unheard', capacity: 1 });
    await expectStates({ on: 0, failing: 0, off: 1, 'given-up': 1 });
    await eventually(async () => {
      for (const endpoint of [gone, off])
        expect(await gauge('webhooks_undelivered', { endpoint })).toBeGreaterThan(0);
    });
    expect(await gauge('oldest_undelivered_seconds', {})).toBeUndefined();
    const left = await ask('patch', `/${gone}`, { state: 'OFF', reason: 'nobody wants it any more' });
    expect(left.body).toMatchObject({ state: 'OFF', offReason: 'operator' });
    await expectStates({ on: 0, failing: 0, off: 2, 'given-up': 0 });
  });

  it('count no more than 1,000 events that an endpoint was not sent, however many there are', async () => {
    const id = await subscribe();
    await ask('patch', `/${id}`, { state: 'OFF', reason: 'the receiver is moved' });
    await world.rows(
      `INSERT INTO webhook_events (no, event_id, type, subject, body)
       SELECT (SELECT last_event_no FROM webhook_progress) + n, 'evt_many_' || n, 'grant.granted', 'many/' || n, '{}'
         FROM generate_series(1, 5000) AS n`,
    );
    try {
      await eventually(async () =>
        expect(await gauge('webhooks_undelivered', { endpoint: id, state: 'new' })).toBe(1_000),
      );
    } finally {
      await world.rows(`DELETE FROM webhook_events WHERE event_id LIKE 'evt_many_%'`);
    }
  });
});

it('knows nothing of an endpoint that does not exist, and takes no more than 20', async () => {
  expect((await ask('get', '/nonsense')).status).toBe(404);
  const made = await Promise.all(Array.from({ length: 20 }, () => ask('post', '', { url: receiver.url })));
  expect(made.map(({ status }) => status)).toEqual(Array(20).fill(201));
  expect((await ask('post', '', { url: receiver.url })).body.code).toBe('conflict');
});

it('tells of claims whose commit was under way when the first endpoint was created', async () => {
  await client.createCampaign({ id: 'under-way', capacity: 9 });
  await client.claim('under-way', 1);
  const give = (arrivals: string): string =>
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
     SELECT 'under-way', n, n, n, now() FROM unnest('{${arrivals}}'::int[]) AS n`;
  const batch = await world.pg.connect();
  try {
    await batch.query('BEGIN');
    await batch.query(give('2,3,6'));
    await world.rows(give('4,5,7'));
    await subscribe({ eventTypes: ['grant.granted'] });
    await batch.query('COMMIT');
  } finally {
    batch.release(true);
  }
  await world.rows(give('8'));
  await eventually(() =>
    expect([...receiver.told('under-way')].sort()).toEqual(
      [2, 3, 6, 8].map((arrivalNo) => `grant.granted ${arrivalNo}`),
    ),
  );
});

it('writes nothing once the last endpoint is gone', async () => {
  const id = await subscribe();
  expect(await world.rows(`SELECT name FROM change_readers`)).toEqual([{ name: 'webhooks' }]);
  await ask('delete', `/${id}`);
  expect(await world.rows(`SELECT name FROM change_readers`)).toEqual([]);
  expect(await world.rows(`SELECT campaign_id FROM webhook_campaigns`)).toEqual([]);
});
