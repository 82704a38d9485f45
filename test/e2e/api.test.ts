import type { Response } from 'supertest';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { adminToken, tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

const LARGEST_USER_ID = '9223372036854775807';
const ISO_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const FAR_OFF = '2199-01-01T00:00:00.000Z';

interface Item {
  readonly userId: string;
  readonly arrivalNo: number;
}

/** What every claim says that is not final; test/integration/told-claimants has the others. */
const TOLD_AT_FIRST = {
  ...{ final: false, amount: 10, currency: 'KRW' },
  ...{ failureReason: null, paidAt: null, payoutReference: null },
};

let world: World;
let api: RunningApp;
let client: Client;
let admin: string;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
  admin = `Bearer ${await adminToken()}`;
});

afterAll(() => world.close());

describe('POST /v1/campaigns/{id}/grants', () => {
  it('answers 202 the first time and 200 afterwards, with the same place', async () => {
    await client.createCampaign({ id: 'claims', capacity: 2, waitingCapacity: 2 });
    const asked = Date.now();
    const first = await client.claim('claims', LARGEST_USER_ID);
    expect(first.status).toBe(202);
    expect(first.headers['content-type']).toMatch(/^application\/json/);
    expect(first.headers['cache-control']).toBe('no-store');
    expect(first.body).toEqual({
      campaignId: 'claims',
      userId: LARGEST_USER_ID,
      status: 'PENDING',
      ...TOLD_AT_FIRST,
      payout: 'on-its-way',
      slot: 'held',
      grantSeq: 1,
      arrivalNo: 1,
      createdAt: ISO_TIME,
      updatedAt: ISO_TIME,
    });
    expect(Math.abs(Date.parse(first.body.createdAt) - asked)).toBeLessThan(60_000);

    for (let i = 0; i < 3; i++) {
      const again = await client.claim('claims', LARGEST_USER_ID);
      expect({ status: again.status, body: again.body }).toEqual({ status: 200, body: first.body });
    }
    const mine = await client.status('claims', LARGEST_USER_ID);
    expect({ status: mine.status, body: mine.body }).toEqual({ status: 200, body: first.body });
    expect(mine.headers['cache-control']).toBe('private, no-cache');
  });

  it('puts later claims into the line, and answers sold out once it is full', async () => {
    expect((await client.claim('claims', 2)).body).toMatchObject({ grantSeq: 2, arrivalNo: 2 });
    for (const [userId, position] of [
      ['3', 1],
      ['4', 2],
    ] as const) {
      const waiting = {
        campaignId: 'claims',
        userId,
        status: 'WAITING',
        ...TOLD_AT_FIRST,
        payout: null,
        slot: null,
        grantSeq: null,
        arrivalNo: position + 2,
        waitingPosition: position,
        createdAt: ISO_TIME,
        updatedAt: ISO_TIME,
      };
      const first = await client.claim('claims', userId);
      expect({ status: first.status, body: first.body }).toEqual({ status: 202, body: waiting });
      const again = await client.claim('claims', userId);
      expect({ status: again.status, body: again.body }).toEqual({ status: 200, body: waiting });
      expect((await client.status('claims', userId)).body).toEqual(waiting);
    }
    for (let i = 0; i < 2; i++) {
      const late = await client.claim('claims', 5);
      expectProblem(late, 409, 'sold-out');
      expect(late.headers['cache-control']).toBe('no-store');
    }
    expectProblem(await client.status('claims', 5), 404, 'no-claim');
    // Users with a place keep their answer after the campaign is sold out.
    expect((await client.claim('claims', 2)).status).toBe(200);
  });

  it('gives the place to the user of the token, whatever other user the request names', async () => {
    await client.createCampaign({ id: 'identity', capacity: 5 });
    const answer = await api.http
      .post('/v1/campaigns/identity/grants?userId=77&user_id=77&sub=77')
      .set('Authorization', `Bearer ${await tokenOf(6)}`)
      .set({ 'X-User-Id': '77', 'X-Forwarded-User': '77', Cookie: 'userId=77', userId: '77' });
    expect(answer.status).toBe(202);
    expect(answer.body.userId).toBe('6');
    const stored = await world.rows(`SELECT user_id FROM user_grants WHERE campaign_id = 'identity'`);
    expect(stored).toEqual([{ user_id: '6' }]);
  });

  it('treats an empty object as no body', async () => {
    const answer = await api.http
      .post('/v1/campaigns/identity/grants')
      .set('Authorization', `Bearer ${await tokenOf(7)}`)
      .send({});
    expect(answer.status).toBe(202);
  });

  it('tells when the campaign opens', async () => {
    await client.createCampaign({ id: 'later', capacity: 5, opensAt: FAR_OFF });
    const early = await client.claim('later', 1);
    expect(expectProblem(early, 409, 'not-open').opensAt).toBe(FAR_OFF);
    expect(Number(early.headers['retry-after'])).toBeGreaterThanOrEqual(1);

    const opensAt = new Date(Date.now() + 1_500).toISOString();
    await client.createCampaign({ id: 'soon', capacity: 5, opensAt });
    const soon = await client.claim('soon', 1);
    expectProblem(soon, 409, 'not-open');
    expect(['1', '2']).toContain(soon.headers['retry-after']);
    await eventually(async () => expect((await client.claim('soon', 1)).status).toBe(202));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(opensAt));
  });

  it('obeys when the campaign is paused, resumed and closed', async () => {
    await client.createCampaign({ id: 'stops', capacity: 5 });
    expect((await client.claim('stops', 1)).status).toBe(202);

    expect((await client.changeCampaign('stops', { state: 'PAUSED' })).body).toMatchObject({
      state: 'PAUSED',
    });
    expectProblem(await client.claim('stops', 2), 409, 'paused');
    expect((await client.claim('stops', 1)).status).toBe(200);

    expect((await client.changeCampaign('stops', { state: 'OPEN' })).status).toBe(200);
    expect((await client.claim('stops', 2)).status).toBe(202);

    expect((await client.changeCampaign('stops', { state: 'CLOSED' })).status).toBe(200);
    expectProblem(await client.claim('stops', 3), 410, 'closed');
    expect((await client.claim('stops', 1)).status).toBe(200);

    const reopened = await client.changeCampaign('stops', { state: 'OPEN' });
    expect(expectProblem(reopened, 409, 'illegal-transition').state).toBe('CLOSED');
    expectProblem(await client.claim('stops', 3), 410, 'closed');
  });

  it('answers closed once the closing time has passed', async () => {
    const closesAt = new Date(Date.now() + 700).toISOString();
    await client.createCampaign({ id: 'ends', capacity: 5_000, closesAt });
    expect((await client.claim('ends', 1)).status).toBe(202);
    let next = 2;
    await eventually(async () => expectProblem(await client.claim('ends', next++), 410, 'closed'));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(closesAt));
  });
});

describe('GET /v1/campaigns/{id}', () => {
  it('shows everybody the terms and what is left', async () => {
    await client.createCampaign({ id: 'shown', capacity: 2, waitingCapacity: 5, closesAt: FAR_OFF });
    for (const userId of [1, 2, 3]) await client.claim('shown', userId);
    const answer = await api.http.get('/v1/campaigns/shown');
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=1');
    expect(answer.body).toEqual({
      id: 'shown',
      endedAt: null,
      finishedAt: null,
      name: 'shown',
      capacity: 2,
      waitingCapacity: 5,
      amount: 10,
      currency: 'KRW',
      payoutProvider: 'ledger',
      ...{ eligibility: 'everybody', eligibleCount: null },
      opensAt: null,
      closesAt: FAR_OFF,
      state: 'OPEN',
      remaining: 0,
      waiting: 1,
    });
  });

  it('has the default campaign from the first start', async () => {
    const answer = await api.http.get('/v1/campaigns/default');
    expect(answer.body).toMatchObject({
      id: 'default',
      capacity: 10_000,
      amount: 10,
      currency: 'KRW',
      state: 'OPEN',
      remaining: 10_000,
    });
  });
});

describe('administration', () => {
  it('creates a campaign with all its terms', async () => {
    const terms = {
      id: 'made',
      name: 'Made — 선착순',
      capacity: 30,
      waitingCapacity: 0,
      amount: 1_000_000_000,
      currency: 'USD',
      payoutProvider: 'ledger',
      opensAt: FAR_OFF,
      closesAt: '2199-06-01T00:00:00.000Z',
    };
    const answer = await api.http.post('/v1/campaigns').set('Authorization', admin).send(terms);
    expect(answer.status).toBe(201);
    const { createdAt, updatedAt, ...shown } = answer.body as Record<string, unknown>;
    expect(shown).toEqual({
      ...terms,
      revision: expect.any(Number),
      reversalPolicy: 'keep',
      ...{ eligibility: 'everybody', eligibleCount: null, eligibleFrozenAt: null },
      state: 'SCHEDULED',
      endedAt: null,
      finishedAt: null,
      archivedAt: null,
      remaining: 30,
      waiting: 0,
    });
    expect(updatedAt).toBe(createdAt);
    expect(await world.rows(`SELECT waiting_capacity AS w FROM campaigns WHERE id = 'made'`)).toEqual([
      { w: 0 },
    ]);
    // P9: the budget is there before the first claim.
    expect(await world.rows(`SELECT balance FROM ledger_accounts WHERE campaign_id = 'made'`)).toEqual([
      { balance: '30000000000' },
    ]);
  });

  it('gives the line a tenth of the capacity by default', async () => {
    await client.createCampaign({ id: 'tenth', capacity: 39 });
    expect(await world.rows(`SELECT waiting_capacity AS w FROM campaigns WHERE id = 'tenth'`)).toEqual([
      { w: 3 },
    ]);
  });

  it('changes times, and removes them with null', async () => {
    await client.createCampaign({ id: 'times', capacity: 5, opensAt: FAR_OFF });
    expectProblem(await client.claim('times', 1), 409, 'not-open');
    const changed = await client.changeCampaign('times', { opensAt: null, closesAt: FAR_OFF });
    expect(changed.body).toMatchObject({ opensAt: null, closesAt: FAR_OFF });
    expect((await client.claim('times', 1)).status).toBe(202);
    expect((await client.changeCampaign('times', { closesAt: null })).body.closesAt).toBeNull();
  });

  it('changes only what it is meant for, if it names that by If-Match', async () => {
    await client.createCampaign({ id: 'tabs', capacity: 5 });
    const read = async (): Promise<{ tag: string; name: string }> => {
      const { headers, body } = await client.operate('get', 'campaigns/tabs/terms');
      expect(headers.etag).toBe(`"${body.revision}"`);
      return { tag: String(headers.etag), name: body.name as string };
    };
    const rename = (name: string, ifMatch: string): Promise<Response> =>
      client.changeCampaign('tabs', { name }, { 'If-Match': ifMatch });
    const { tag } = await read();

    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => rename(name, tag)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    for (const answer of answers) {
      if (answer.status === 412) expectProblem(answer, 412, 'changed-meanwhile');
      else expect(answer.headers.etag).not.toBe(tag);
    }
    const now = await read();
    expect(now).toEqual({
      tag: answers.find(({ status }) => status === 200)!.headers.etag,
      name: answers.find(({ status }) => status === 200)!.body.name,
    });
    expect(expectProblem(await rename('late', tag), 412, 'changed-meanwhile')).toMatchObject({
      revision: Number(now.tag.slice(1, -1)),
    });
    expect((await read()).name).toBe(now.name);

    expect((await rename('of either', `${tag}, ${now.tag}`)).status).toBe(200);
    expect((await rename('weak, as a proxy marks it', `W/${(await read()).tag}`)).status).toBe(200);
    expect((await rename('any', '*')).status).toBe(200);
    expect((await client.changeCampaign('tabs', { name: 'without it' })).status).toBe(200);
    expectProblem(await rename('no tag', 'seven'), 400, 'invalid-request');
    expectProblem(await rename('no revision', '"seven"'), 412, 'changed-meanwhile');
  });

  it('reports the counts of Postgres and of the gate', async () => {
    await client.createCampaign({ id: 'counted', capacity: 3, waitingCapacity: 2 });
    for (const userId of [1, 2, 3, 4]) await client.claim('counted', userId);
    const before = Date.now();
    const answer = await client.stats('counted');
    const after = Date.now();
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toEqual({
      campaignId: 'counted',
      capacity: 3,
      archivedAt: null,
      postgres: {
        asOf: ISO_TIME,
        ...{ pending: 3, success: 0, failed: 0, revoked: 0, reversed: 0 },
        ...{ waiting: 1, ended: 0, left: 0, promoted: 0, lastArrivalNo: 4 },
      },
      gate: { asOf: ISO_TIME, available: 0, processing: 3, settled: 0, waiting: 1 },
      conserved: true,
    });
    const { postgres, gate } = answer.body as Record<'postgres' | 'gate', { readonly asOf: string }>;
    for (const { asOf } of [postgres, gate]) {
      expect(Date.parse(asOf)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(asOf)).toBeLessThanOrEqual(after);
    }
  });

  it('shows a wallet, closes it and opens it again', async () => {
    const path = `/v1/wallets/KRW/${LARGEST_USER_ID}`;
    const closed = await client.closeWallet(LARGEST_USER_ID);
    expect(closed.body).toEqual({
      userId: LARGEST_USER_ID,
      currency: 'KRW',
      balance: '0',
      paidByProvider: '0',
      state: 'CLOSED',
      closedAt: ISO_TIME,
    });
    expect((await client.closeWallet(LARGEST_USER_ID)).body).toEqual(closed.body);
    expect((await api.http.get(path).set('Authorization', admin)).body).toEqual(closed.body);
    const open = { state: 'OPEN', reason: 'a test' };
    const opened = await api.http.patch(path).set('Authorization', admin).send(open);
    expect(opened.body).toMatchObject({ state: 'OPEN', closedAt: null });
  });
});

describe('a claim that is refused', () => {
  it('says how to go on: when to ask again while it is paused, and whether sold out is final', async () => {
    await client.createCampaign({ id: 'refusing', capacity: 1, waitingCapacity: 0 });
    await client.changeCampaign('refusing', { state: 'PAUSED' });
    const paused = await client.claim('refusing', 1);
    expectProblem(paused, 409, 'paused');
    expect(Number(paused.headers['retry-after'])).toBeGreaterThanOrEqual(20);
    await client.changeCampaign('refusing', { state: 'OPEN' });
    await client.claim('refusing', 1);
    const full = await client.claim('refusing', 2);
    expect(expectProblem(full, 409, 'sold-out')).toMatchObject({ final: false });
    expect(full.headers).not.toHaveProperty('retry-after');
  });

  it.each(['payouts', 'campaigns/refusing/payouts'])('stops nothing without a reason: %s', async (path) => {
    const refused = expectProblem(
      await client.operate('patch', path, { state: 'STOPPED' }),
      400,
      'invalid-request',
    );
    expect(refused.errors).toEqual([{ field: 'reason', message: 'reason is missing' }]);
  });
});

describe('lists of people', () => {
  const COUNT = 57;

  beforeAll(async () => {
    await client.createCampaign({ id: 'listed', capacity: 100 });
    for (let i = 1; i <= COUNT; i++) expect((await client.claim('listed', 5_000 - i)).status).toBe(202);
    await world.pg.query(
      `UPDATE user_grants SET status = 'FAILED' WHERE campaign_id = 'listed' AND arrival_no % 10 = 0`,
    );
  });

  const get = (query: string) =>
    api.http.get(`/v1/campaigns/listed/grants${query}`).set('Authorization', admin);

  async function walk(limit: number, filter = ''): Promise<Item[]> {
    const items: Item[] = [];
    let after: number | null = 0;
    while (after !== null) {
      const { status, body } = await get(`?limit=${limit}&after=${after}${filter}`);
      expect(status).toBe(200);
      expect(body.items.length).toBeLessThanOrEqual(limit);
      items.push(...body.items);
      after = body.next;
      expect(items.length).toBeLessThanOrEqual(COUNT); // otherwise the walk would never end
    }
    return items;
  }

  it.each([1, 7, 19, 56, 57, 58, 1_000])(
    'come in pages of %d, without gaps and without repetition',
    async (limit) => {
      const items = await walk(limit);
      expect(items.map(({ arrivalNo }) => arrivalNo)).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));
      expect(items.map(({ userId }) => userId)).toEqual(
        Array.from({ length: COUNT }, (_, i) => String(4_999 - i)),
      );
    },
  );

  it('contain all fields of a person', async () => {
    const { body, headers } = await get('');
    expect(headers['cache-control']).toBe('no-store');
    expect(body.next).toBeNull();
    expect(body.items[9]).toEqual({
      ...{ userId: '4990', status: 'FAILED', arrivalNo: 10, createdAt: ISO_TIME, updatedAt: ISO_TIME },
      ...{ grantSeq: 10, promotedAt: null, slotFrom: null },
      ...{ failureReason: null, paidAt: null, payoutReference: null },
    });
  });

  it('can be filtered, page by page', async () => {
    const failed = await walk(2, '&status=FAILED');
    expect(failed.map(({ arrivalNo }) => arrivalNo)).toEqual([10, 20, 30, 40, 50]);
    expect((await walk(50, '&status=SUCCESS')).length).toBe(0);
    expect((await walk(50, '&userId=4990')).map(({ arrivalNo }) => arrivalNo)).toEqual([10]);
  });

  it('can be exported as CSV', async () => {
    const answer = await api.http.get('/v1/campaigns/listed/grants.csv').set('Authorization', admin);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/csv/);
    expect(answer.headers['content-disposition']).toBe('attachment; filename="listed-grants.csv"');
    expect(answer.headers['cache-control']).toBe('no-store');
    const [header, ...lines] = answer.text.split('\r\n');
    expect(header).toMatch(/^campaign_id,user_id,arrival_no,status,created_at,updated_at,grant_seq,/);
    expect(lines.pop()).toBe(''); // the last line ends with a line break as well
    expect(lines.length).toBe(COUNT);
    expect(lines[9]).toMatch(/^listed,4990,10,FAILED,2\d{3}-[^,]+Z,2\d{3}-[^,]+Z,10,,,,,,$/);

    const filtered = await api.http
      .get('/v1/campaigns/listed/grants.csv?status=FAILED')
      .set('Authorization', admin);
    expect(filtered.text.trim().split('\r\n').length).toBe(6);
  });
});

describe('every answer', () => {
  const paths = ['/v1/campaigns/default', '/v1/campaigns/nope', '/nowhere', '/health/live', '/metrics'];

  it.each(paths)('to %s has a request id: the one it was sent, or a new one', async (path) => {
    const echoed = await api.http.get(path).set('X-Request-Id', 'client-7:a.b_c');
    expect(echoed.headers['x-request-id']).toBe('client-7:a.b_c');
    const made = await api.http.get(path);
    const another = await api.http.get(path);
    expect(made.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    expect(another.headers['x-request-id']).not.toBe(made.headers['x-request-id']);
    for (const bad of ['x'.repeat(65), 'a b', '{"a":1}', '"><script>']) {
      const replaced = await api.http.get(path).set('X-Request-Id', bad);
      expect(replaced.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    }
  });

  it.each(paths)('to %s has headers against sniffing, framing and sending referrers', async (path) => {
    const { headers } = await api.http.get(path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': expect.stringMatching(/DENY|SAMEORIGIN/),
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });
});

describe('the documentation', () => {
  interface Operation {
    readonly responses: Record<string, { content?: Record<string, unknown> }>;
    readonly security?: unknown[];
    readonly summary?: string;
  }

  it('lists each route, and each status that it may answer with', async () => {
    const { status, body } = await api.http.get('/openapi.json');
    expect(status).toBe(200);
    expect(body.openapi).toMatch(/^3\./);
    expect(body.info).toMatchObject({ title: 'Seonchak', version: expect.any(String) });
    const paths = body.paths as Record<string, Record<string, Operation>>;
    const documented = Object.fromEntries(
      Object.entries(paths).flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, { responses }]): [string, string] => [
          `${method} ${path}`,
          Object.keys(responses).sort().join(' '),
        ]),
      ),
    );
    expect(documented).toEqual({
      'post /v1/campaigns/{id}/grants': '200 202 400 401 403 404 409 410 413 415 429 503',
      'get /v1/campaigns/{id}/grants/me': '200 304 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/grants/me/proof': '200 400 401 403 404 413 415 429 503',
      'delete /v1/campaigns/{id}/grants/me': '200 400 401 403 404 409 413 415 429 503',
      'post /v1/campaigns/{id}/grants/{userId}/revocation': '200 400 401 403 404 409 413 415 429 503',
      'get /v1/campaigns/{id}/eligible': '200 400 401 403 404 413 415 429 503',
      'post /v1/campaigns/{id}/eligible': '200 400 401 403 404 409 413 415 429 503',
      'post /v1/campaigns/{id}/eligible/freeze': '200 400 401 403 404 409 413 415 429 503',
      'get /v1/campaigns/{id}/eligible/me': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/eligible-commitments': '200 400 404 413 415 429 503',
      'delete /v1/campaigns/{id}/eligible/{userId}': '204 400 401 403 404 409 413 415 429 503',
      'get /v1/campaigns/{id}': '200 400 404 413 415 429 503',
      'get /v1/attention': '200 400 401 403 413 415 429 503',
      'get /v1/public-log': '200 400 401 403 413 415 429 503',
      'get /v1/time': '200 400 413 415 429 503',
      'get /v1/campaigns': '200 400 401 403 413 415 429 503',
      'get /v1/campaigns/{id}/terms': '200 400 401 403 404 413 415 429 503',
      'delete /v1/campaigns/{id}': '204 400 401 403 404 409 413 415 429 503',
      'post /v1/campaigns': '200 201 400 401 403 409 413 415 429 503',
      'patch /v1/campaigns/{id}': '200 400 401 403 404 409 412 413 415 429 503',
      'get /v1/campaigns/{id}/stats': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/figures': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/live': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/proof': '200 400 404 413 415 429 503',
      'get /v1/transparency/checkpoint': '200 304 400 404 413 415 429 503',
      'get /v1/transparency/key': '200 304 400 404 413 415 429 503',
      'get /v1/transparency/policy': '200 304 400 404 413 415 429 503',
      'get /v1/transparency/tile/{path}': '200 400 404 413 415 429 503',
      'get /v1/campaigns/{id}/series': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/grants/{userId}/story': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/grants': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/grants.csv': '200 400 401 403 404 413 415 429 503',
      'get /v1/wallets/{currency}/{userId}': '200 400 401 403 404 413 415 429 503',
      'patch /v1/wallets/{currency}/{userId}': '200 400 401 403 413 415 429 503',
      'get /v1/campaigns/{id}/payouts': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/payouts/{userId}': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/reconciliation': '200 400 401 403 404 413 415 429 503',
      'patch /v1/campaigns/{id}/payouts/{userId}': '200 400 401 403 404 409 413 415 429 503',
      'patch /v1/campaigns/{id}/payouts': '200 400 401 403 404 413 415 429 503',
      'get /v1/payouts': '200 400 401 403 413 415 429 503',
      'patch /v1/payouts': '200 400 401 403 413 415 429 503',
      'post /v1/campaigns/{id}/payout-decisions': '201 400 401 403 404 409 413 415 429 503',
      'post /v1/campaigns/{id}/payout-decisions/{decisionId}/approval':
        '200 400 401 403 404 409 413 415 429 503',
      'get /v1/campaigns/{id}/payout-decisions': '200 400 401 403 404 413 415 429 503',
      'get /v1/campaigns/{id}/payout-decisions/{decisionId}': '200 400 401 403 404 413 415 429 503',
      'get /v1/admin-acts': '200 400 401 403 413 415 429 503',
      'get /v1/session': '200 400 413 415 429 503',
      'post /logout': '204 400 403 413 415 429 503',
      'get /v1/operator-session': '200 400 413 415 429 503',
      'post /console/logout': '204 400 403 413 415 429 503',
      'post /v1/payout-events': '204 400 401 413 415 429 503',
      'get /v1/webhook-endpoints': '200 400 401 403 413 415 429 503',
      'post /v1/webhook-endpoints': '201 400 401 403 409 413 415 429 503',
      'get /v1/webhook-endpoints/{id}': '200 400 401 403 404 413 415 429 503',
      'patch /v1/webhook-endpoints/{id}': '200 400 401 403 404 413 415 429 503',
      'delete /v1/webhook-endpoints/{id}': '204 400 401 403 404 413 415 429 503',
      'post /v1/webhook-endpoints/{id}/replay': '202 400 401 403 404 409 413 415 429 503',
      'post /v1/webhook-endpoints/{id}/secret-rotation': '200 400 401 403 404 413 415 429 503',
    });
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const { responses, security, summary } = operation;
        const login = 'x-needs-scope' in operation ? 'console' : 'session';
        expect({ path, method, summary }).toEqual({ path, method, summary: expect.any(String) });
        if ('401' in responses && path !== '/v1/payout-events')
          // that one is signed instead; all others take a token or the cookie of their login
          expect({ path, method, security }).toEqual({
            path,
            method,
            security: [{ bearer: [] }, { [login]: [] }],
          });
        for (const [code, { content }] of Object.entries(responses)) {
          if (['204', '304'].includes(code)) continue;
          const type =
            Number(code) >= 400
              ? 'application/problem+json'
              : path.includes('/tile/')
                ? 'application/octet-stream'
                : /\{id\}\/(?:proof|eligible-commitments)$/.test(path) || path.startsWith('/v1/transparency/')
                  ? 'text/plain'
                  : path.endsWith('.csv')
                    ? 'text/csv'
                    : path.endsWith('/live')
                      ? 'text/event-stream'
                      : 'application/json';
          expect({ path, method, code, types: Object.keys(content ?? {}) }).toMatchObject({ types: [type] });
        }
      }
    }
  });

  it('has no dangling reference, and describes user ids as strings', async () => {
    const { body } = await api.http.get('/openapi.json');
    const schemas = body.components.schemas as Record<
      string,
      { properties: Record<string, { type?: string }> }
    >;
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(5);
    for (const [, name] of references) expect(Object.keys(schemas)).toContain(name);
    for (const [name, { properties }] of Object.entries(schemas)) {
      if (properties.userId) expect({ name, type: properties.userId.type }).toEqual({ name, type: 'string' });
    }
  });

  it('can be read at /docs', async () => {
    const page = await api.http.get('/docs').redirects(1);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    const scripts = [...page.text.matchAll(/(?:src|href)="(\.?\/[^"]+)"/g)].map(([, path]) => path!);
    expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts) {
      const path = new URL(script, `${api.url}/docs`).pathname;
      expect({ path, status: (await api.http.get(path)).status }).toEqual({ path, status: 200 });
    }
  });
});
