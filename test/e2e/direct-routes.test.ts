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
  await client.createCampaign({ id: 'free', capacity: 90 });
  await client.createCampaign({ id: 'paused', capacity: 1 });
  await client.createCampaign({ id: 'later', capacity: 1, opensAt: '2999-01-01T00:00:00Z' });
  await client.createCampaign({ id: 'closed', capacity: 1 });
  const later = '2999-01-01T00:00:00Z';
  await client.createCampaign({ id: 'listed', capacity: 1, eligibility: 'list', opensAt: later });
  await client.addEligible('listed', [1]);
  await client.changeCampaign('listed', { opensAt: null });
  await client.changeCampaign('paused', { state: 'PAUSED' });
  await client.changeCampaign('closed', { state: 'CLOSED' });
  for (const userId of [1, 2]) await client.claim('full', userId);
});

afterAll(() => world.close());

/** The headers without what is drawn or told by a clock, which must be there all the same. */
function steady({ headers }: Answer): unknown {
  const { date, 'retry-after': retryAfter, ...others } = headers;
  expect(date).toBeDefined();
  return { ...others, waits: retryAfter !== undefined && /^[1-9]\d*$/.test(retryAfter) };
}

/** All that a client sees, except what is drawn or told by a clock. */
function seen(answer: Answer): unknown {
  const { status, text } = answer;
  return { status, headers: steady(answer), body: text === '' ? null : (JSON.parse(text) as unknown) };
}

type Headers = Readonly<Record<string, string>>;

async function ask(
  method: string,
  path: string,
  token: string | undefined,
  more: Headers = {},
): Promise<Answer> {
  const authorization: Headers = token ? { Authorization: `Bearer ${token}` } : {};
  return send(api.url, { method, path, headers: { 'X-Request-Id': 'the-same', ...authorization, ...more } });
}

/** Asks both ways: an empty query means nothing, but a request with one is not served directly. */
async function bothWays(
  method: string,
  path: string,
  token: string | undefined,
  { longToken = token, headers = {} }: { readonly longToken?: string; readonly headers?: Headers } = {},
): Promise<[Answer, Answer]> {
  const before = direct;
  const short = await ask(method, path, token, headers);
  expect(direct).toBe(before + 1);
  const long = await ask(method, `${path}?`, longToken, headers);
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
    ['not on the list', 'POST', 'listed', 3, 403],
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
      'cache-control': method === 'GET' && status === 200 ? 'private, no-cache' : 'no-store',
      'x-request-id': 'the-same',
      'x-content-type-options': 'nosniff',
    });
  });

  it('a new slot, with Location and Retry-After', async () => {
    const [short, long] = await bothWays('POST', '/v1/campaigns/free/grants', await tokenOf(11), {
      longToken: await tokenOf(12),
    });
    expect([short.status, long.status]).toEqual([202, 202]);
    expect(short.headers.location).toBe('/v1/campaigns/free/grants/me');
    expect(steady(short)).toEqual({ ...(steady(long) as object), waits: true });
    const [one, other] = [short, long].map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    const own = { userId: '', grantSeq: 0, arrivalNo: 0, createdAt: '', updatedAt: '' };
    expect({ ...one, ...own }).toEqual({ ...other, ...own });
  });

  it.each([
    ['the tag', (tag: string) => tag, 304],
    ['the tag made weak by a proxy', (tag: string) => `W/${tag}`, 304],
    ['a list', (tag: string) => `"x", ${tag}`, 304],
    ['any', () => '*', 304],
    ['another tag', () => '"x"', 200],
  ])('a status that the client may have: If-None-Match with %s', async (_, condition, status) => {
    const path = '/v1/campaigns/full/grants/me';
    const token = await tokenOf(2);
    const { headers } = await ask('GET', path, token);
    const known = { 'If-None-Match': condition(headers.etag ?? '') };
    const [short, long] = await bothWays('GET', path, token, { headers: known });
    expect({ status: short.status, isEmpty: short.text === '' }).toEqual({ status, isEmpty: status === 304 });
    expect(seen(short)).toEqual(seen(long));
    expect(short.headers.etag).toBe(headers.etag);
  });

  it('nothing to read, whatever the client has', async () => {
    const headers = { 'If-None-Match': '*' };
    const [short, long] = await bothWays('GET', '/v1/campaigns/full/grants/me', await tokenOf(3), {
      headers,
    });
    expect(short.status).toBe(404);
    expect(seen(short)).toEqual(seen(long));
  });

  it('HEAD, which Express serves, has the headers of GET, and 304 too', async () => {
    const path = '/v1/campaigns/full/grants/me';
    const token = await tokenOf(1);
    const full = await ask('GET', path, token);
    const head = await ask('HEAD', path, token);
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
    expect(steady(head)).toEqual(steady(full));
    expect((await ask('HEAD', path, token, { 'If-None-Match': full.headers.etag ?? '' })).status).toBe(304);
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
