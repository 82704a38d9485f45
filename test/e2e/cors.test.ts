import { Client } from '../support/client.js';
import { forge, inSeconds } from '../support/forged-tokens.js';
import { type Answer, type Question, send } from '../support/http.js';
import { expectProblem } from '../support/problem.js';
import { tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

const SHOP = 'https://shop.example';
const OTHERS = ['https://evil.example', 'http://shop.example', 'https://shop.example:8443', 'null'];
const EXPOSED = [
  'Location',
  'Retry-After',
  'ETag',
  'RateLimit',
  'RateLimit-Policy',
  'WWW-Authenticate',
  'X-Request-Id',
];

let world: World;
let api: RunningApp;
let user: string;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api', {
    CORS_ORIGINS: `${SHOP}, https://m.shop.example`,
    RATE_LIMIT_PER_USER: '20',
    RATE_LIMIT_WINDOW_MS: '600000',
  });
  await new Client(api).createCampaign({ id: 'drop', capacity: 2 });
  user = `Bearer ${await tokenOf(42)}`;
});

afterAll(() => world.close());

function preflight(origin: string, path: string, url = api.url): Promise<Answer> {
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
  return send(url, { method: 'OPTIONS', path, headers });
}

function ask(
  question: Question & { readonly headers?: Readonly<Record<string, string>> },
  origin: string,
): Promise<Answer> {
  const headers: Readonly<Record<string, string>> = question.headers ?? {};
  return send(api.url, { ...question, headers: { Authorization: user, ...headers, Origin: origin } });
}

function expectLeave({ headers }: Answer, origin: string): void {
  expect(headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' });
  const exposed = String(headers['access-control-expose-headers']).split(', ');
  expect(exposed).toEqual(expect.arrayContaining(EXPOSED));
  expect(headers['access-control-allow-credentials']).toBeUndefined();
}

function expectNoLeave({ headers }: Answer, vary: string | undefined): void {
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  expect(headers.vary).toBe(vary);
}

describe('a preflight', () => {
  const VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

  it.each([
    '/v1/campaigns/drop/grants',
    '/v1/campaigns/drop/grants/me?a=1',
    '/v1/campaigns',
    '/nowhere/at%zz',
  ])('of an allowed origin may be kept: %s', async (path) => {
    const answer = await preflight(SHOP, path);
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': SHOP,
      'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE',
      'access-control-allow-headers': expect.stringContaining('Authorization, Content-Type'),
      'access-control-max-age': '7200',
      vary: VARY,
    });
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it.each(OTHERS)('of another origin gets no leave: %s', async (origin) => {
    const answer = await preflight(origin, '/v1/campaigns/drop/grants');
    expect(answer.status).toBe(204);
    expectNoLeave(answer, VARY);
  });

  it('is answered without the database, and counts against no limit', async () => {
    for (let i = 0; i < 50; i++)
      expect((await preflight(SHOP, '/v1/campaigns/drop/grants')).status).toBe(204);
    expect((await ask({ path: '/v1/campaigns/drop/grants/me' }, SHOP)).status).toBe(404);
  });
});

describe.each([
  ['on a direct route', ''],
  ['by Express', '?'],
])('an answer %s', (_, query) => {
  const claims = `/v1/campaigns/drop/grants${query}`;

  it('is readable to allowed origins only, and tells caches so', async () => {
    for (const origin of [SHOP, 'https://m.shop.example'])
      expectLeave(await ask({ method: 'POST', path: claims }, origin), origin);
    for (const origin of OTHERS)
      expectNoLeave(await ask({ path: `/v1/campaigns/drop${query}` }, origin), 'Origin');
    expectNoLeave(await send(api.url, { path: `/v1/campaigns/drop${query}` }), 'Origin');
  });

  it.each<[number, string, Question & { readonly headers?: Readonly<Record<string, string>> }]>([
    [401, 'invalid-token', { method: 'POST', path: claims, headers: { Authorization: 'Bearer x.y.z' } }],
    [404, 'unknown-campaign', { path: `/v1/campaigns/none${query}` }],
  ])('is readable as a problem, too: %d', async (status, code, question) => {
    const answer = await ask(question, SHOP);
    expectProblem(answer, status, code);
    expectLeave(answer, SHOP);
  });

  it('is readable as a 429', async () => {
    const busy = `Bearer ${forge({ sub: query === '' ? '77' : '78', exp: inSeconds(600) })}`;
    const status = { path: `/v1/campaigns/drop/grants/me${query}`, headers: { Authorization: busy } };
    let answer = await ask(status, SHOP);
    for (let i = 0; i < 25; i++) answer = await ask(status, SHOP);
    expectProblem(answer, 429, 'too-many-requests');
    expectLeave(answer, SHOP);
  });
});

it('a refusal before the call is known is readable: 404, 405, 413, 415, and broken paths', async () => {
  const json = { 'Content-Type': 'application/json' };
  const refused: [number, Question & { readonly headers?: Readonly<Record<string, string>> }][] = [
    [404, { path: '/nowhere' }],
    [405, { method: 'PUT', path: '/v1/campaigns/drop' }],
    [413, { method: 'POST', path: '/v1/campaigns', headers: json, body: `"${'x'.repeat(20_000)}"` }],
    [415, { method: 'POST', path: '/v1/campaigns', body: 'x' }],
    [400, { method: 'POST', path: '/v1/campaigns/%zz/grants' }],
  ];
  for (const [status, question] of refused) {
    const answer = await ask(question, SHOP);
    expect(answer.status).toBe(status);
    expectLeave(answer, SHOP);
  }
});

it.each(['', '?'])('a 503 is readable%s', async (query) => {
  const room = { CORS_ORIGINS: SHOP, REQUEST_DEADLINE_MS: '100' };
  const slow = await world.start('api', room);
  const held = await world.pg.connect();
  try {
    await held.query('BEGIN');
    await held.query('LOCK TABLE user_grants IN ACCESS EXCLUSIVE MODE');
    const answer = await send(slow.url, {
      path: `/v1/campaigns/drop/grants/me${query}`,
      headers: { Authorization: `Bearer ${await tokenOf(1)}`, Origin: SHOP },
    });
    expectProblem(answer, 503, 'unavailable');
    expectLeave(answer, SHOP);
  } finally {
    await held.query('ROLLBACK');
    held.release();
  }
});

it('without CORS_ORIGINS nothing is said of origins, and OPTIONS is no method', async () => {
  const closed = await world.start('api');
  expectProblem(await preflight(SHOP, '/v1/campaigns/drop/grants', closed.url), 405, 'method-not-allowed');
  for (const query of ['', '?']) {
    const answer = await send(closed.url, { path: `/v1/campaigns/drop${query}`, headers: { Origin: SHOP } });
    expect(answer.status).toBe(200);
    expectNoLeave(answer, undefined);
  }
});
