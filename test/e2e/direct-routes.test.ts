import { DirectRoutes } from '../../src/platform/http/direct-routes.js';
import { Client } from '../support/client.js';
import { forge, inSeconds } from '../support/forged-tokens.js';
import { type Answer, send } from '../support/http.js';
import { tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let client: Client;

/** How many requests were served directly so far. */
let direct = 0;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api', { RATE_LIMIT_PER_USER: '100', RATE_LIMIT_WINDOW_MS: '600000' });
  client = new Client(api);
  const routes = api.app.get(DirectRoutes);
  const serve = routes.serve.bind(routes);
  jest.spyOn(routes, 'serve').mockImplementation((request, response) => {
    const served = serve(request, response);
    if (served) direct++;
    return served;
  });
  await client.createCampaign({ id: 'full', capacity: 1, waitingCapacity: 1 });
  await client.createCampaign({ id: 'paused', capacity: 1 });
  await client.createCampaign({ id: 'later', capacity: 1, opensAt: '2999-01-01T00:00:00Z' });
  await client.createCampaign({ id: 'closed', capacity: 1 });
  await client.changeCampaign('paused', { state: 'PAUSED' });
  await client.changeCampaign('closed', { state: 'CLOSED' });
  for (const userId of [1, 2]) await client.claim('full', userId);
});

afterAll(() => world.close());

/** All that a client sees, except the date. */
function seen({ status, headers, text }: Answer): unknown {
  const { date, ...others } = headers;
  expect(date).toBeDefined();
  return { status, headers: others, body: JSON.parse(text) as unknown };
}

async function ask(method: string, path: string, token: string | undefined): Promise<Answer> {
  const headers = { 'X-Request-Id': 'the-same', ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  return send(api.url, { method, path, headers });
}

/** Asks both ways: an empty query means nothing, but a request with one is not served directly. */
async function bothWays(method: string, path: string, token: string | undefined): Promise<[Answer, Answer]> {
  const before = direct;
  const short = await ask(method, path, token);
  expect(direct).toBe(before + 1);
  const long = await ask(method, `${path}?`, token);
  expect(direct).toBe(before + 1);
  return [short, long];
}

describe('a direct route answers, header by header, as Express and Nest do', () => {
  it.each([
    ['a slot that the user has', 'POST', 'full', 1, 200],
    ['a place in the line that the user has', 'POST', 'full', 2, 200],
    ['sold out', 'POST', 'full', 3, 409],
    ['not open', 'POST', 'later', 3, 409],
    ['paused', 'POST', 'paused', 3, 409],
    ['closed', 'POST', 'closed', 3, 410],
    ['no such campaign', 'POST', 'nowhere', 3, 404],
    ['reading a slot', 'GET', 'full', 1, 200],
    ['reading a place in the line', 'GET', 'full', 2, 200],
    ['nothing to read', 'GET', 'full', 3, 404],
  ])('%s', async (_, method, campaignId, userId, status) => {
    const path = `/v1/campaigns/${campaignId}/grants${method === 'GET' ? '/me' : ''}`;
    const [short, long] = await bothWays(method, path, await tokenOf(userId));
    expect(short.status).toBe(status);
    expect(seen(short)).toEqual(seen(long));
    expect(short.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-request-id': 'the-same',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    ['no token', () => undefined],
    [
      'a token signed with another secret',
      () => forge({ sub: '1', exp: inSeconds(60) }, { alg: 'HS256' }, 'x'.repeat(40)),
    ],
    ['a token that has expired', () => forge({ sub: '1', exp: inSeconds(-60) })],
    ['a token without a subject', () => forge({ exp: inSeconds(60) })],
    ['a token whose subject is no user id', () => forge({ sub: 'abc', exp: inSeconds(60) })],
  ])('%s', async (_, token) => {
    const [short, long] = await bothWays('POST', '/v1/campaigns/full/grants', token());
    expect(short.status).toBe(401);
    expect(seen(short)).toEqual(seen(long));
  });

  it('too many requests of one user, counted over both ways', async () => {
    const token = await tokenOf(77);
    const statuses: number[] = [];
    for (let i = 0; i < 110; i++) {
      const path = `/v1/campaigns/full/grants/me${i % 2 ? '?' : ''}`;
      statuses.push((await ask('GET', path, token)).status);
    }
    expect(statuses).toEqual([...Array<number>(100).fill(404), ...Array<number>(10).fill(429)]);
    const [short, long] = await bothWays('GET', '/v1/campaigns/full/grants/me', token);
    expect(short.status).toBe(429);
    expect({ ...short.headers, 'retry-after': '', date: '' }).toEqual({
      ...long.headers,
      'retry-after': '',
      date: '',
    });
  });
});

describe('a direct route leaves to Express', () => {
  it.each([
    [
      'a body',
      { path: '/v1/campaigns/full/grants', body: '{"a":1}', headers: { 'Content-Type': 'application/json' } },
      400,
    ],
    ['a query', { path: '/v1/campaigns/full/grants?a=1' }, 200],
    ['an escaped id', { path: '/v1/campaigns/f%75ll/grants' }, 200],
    ['an id in another case', { path: '/v1/campaigns/FULL/grants' }, 404],
    ['a slash at the end', { path: '/v1/campaigns/full/grants/' }, 200],
    ['another method', { path: '/v1/campaigns/full/grants', method: 'DELETE' }, 405],
  ])('%s', async (_, question, status) => {
    const before = direct;
    const answer = await send(api.url, {
      method: 'POST',
      ...question,
      headers: {
        ...('headers' in question ? question.headers : {}),
        Authorization: `Bearer ${await tokenOf(1)}`,
      },
    });
    expect({ status: answer.status, direct }).toEqual({ status, direct: before });
  });
});
