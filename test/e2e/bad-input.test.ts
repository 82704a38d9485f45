import { generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Client } from '../support/client.js';
import { digestAtRest, digestOf } from '../support/digest.js';
import { forge, forgeWithKey, inSeconds, unsigned } from '../support/forged-tokens.js';
import { type Answer, type Question, send, sendBytes } from '../support/http.js';
import { expectProblem } from '../support/problem.js';
import { adminToken, tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

const HEADER_LIMIT = 8_192;
const MANY_BYTES = 1_048_576;

const EXPIRED = { sub: '42', exp: inSeconds(-60) };
const VALID = { sub: '42', exp: inSeconds(3_600) };
const JSON_TYPE = { 'Content-Type': 'application/json' };

let world: World;
let api: RunningApp;
let before: string[];
let user: Readonly<Record<string, string>>;
let admin: Readonly<Record<string, string>>;

/** Every answer of these tests, for the last one: whatever a client may get must be documented. */
const seen: { method: string; path: string; status: number }[] = [];

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  user = { Authorization: `Bearer ${await tokenOf(42)}` };
  admin = { Authorization: `Bearer ${await adminToken()}` };
  const client = new Client(api);
  // A campaign with data in every table and key, and the untouched default campaign; both have a gate.
  expect((await client.createCampaign({ id: 'open', capacity: 2, waitingCapacity: 3 })).status).toBe(201);
  for (const userId of [901, 902, 903]) expect((await client.claim('open', userId)).status).toBe(202);
  expect((await client.closeWallet(904)).status).toBe(200);
  expect((await send(api.url, { path: '/v1/campaigns/default' })).status).toBe(200);
  before = await digestAtRest(world);
  expect(before.filter((line) => line.startsWith('key grant:{open}')).length).toBeGreaterThan(4);
});

afterEach(async () => {
  const expected = before;
  before = await digestOf(world); // one test's change does not fail the next test
  expect(before).toEqual(expected);
});

afterAll(() => world.close());

async function ask(question: Question): Promise<Answer> {
  const answer = await send(api.url, question);
  seen.push({
    method: (question.method ?? 'GET').toLowerCase(),
    path: question.path.split('?')[0]!,
    status: answer.status,
  });
  return answer;
}

describe('a request without a valid token', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const good = forge(VALID);
  const [header, , signature] = good.split('.') as [string, string, string];
  const otherClaims = Buffer.from(JSON.stringify({ ...VALID, sub: '43' })).toString('base64url');

  const authorizations: [string, string | undefined][] = [
    ['none', undefined],
    ['of another scheme', `Basic ${Buffer.from('42:42').toString('base64')}`],
    ['of no scheme', good],
    ['without a token', 'Bearer'],
    ['with two tokens', `Bearer ${good} ${good}`],
    ['garbage', 'Bearer garbage'],
    ['garbage in three parts', 'Bearer a.b.c'],
    ['in four parts', `Bearer ${good}.${signature}`],
    ["signed with somebody else's secret", `Bearer ${forge(VALID, { alg: 'HS256' }, 'x'.repeat(32))}`],
    ["with the claims changed under another's signature", `Bearer ${header}.${otherClaims}.${signature}`],
    ['with half a signature', `Bearer ${good.slice(0, -20)}`],
    ['without a signature', `Bearer ${header}.${good.split('.')[1]}.`],
    ['of the algorithm none', `Bearer ${unsigned(VALID, { alg: 'none' })}`],
    ['of the algorithm nOnE', `Bearer ${unsigned(VALID, { alg: 'nOnE' })}`],
    ['of no algorithm', `Bearer ${forge(VALID, {})}`],
    ['of another HMAC', `Bearer ${forge(VALID, { alg: 'HS512' })}`],
    ['signed with a private key', `Bearer ${forgeWithKey(VALID, { alg: 'RS256' }, privateKey)}`],
    ['claiming RS256 over an HMAC', `Bearer ${forge(VALID, { alg: 'RS256' })}`],
    ['with a critical extension', `Bearer ${forge(VALID, { alg: 'HS256', crit: ['x'], x: 1 })}`],
    ['expired', `Bearer ${forge(EXPIRED)}`],
    ['expiring in words', `Bearer ${forge({ sub: '42', exp: 'tomorrow' })}`],
    ['not valid yet', `Bearer ${forge({ ...VALID, nbf: inSeconds(60) })}`],
    ['whose claims are a list', `Bearer ${forge([VALID])}`],
    ['without a subject', `Bearer ${forge({ exp: VALID.exp })}`],
    ['with an empty subject', `Bearer ${forge({ ...VALID, sub: '' })}`],
    ['with a null subject', `Bearer ${forge({ ...VALID, sub: null })}`],
    ['with a number as its subject', `Bearer ${forge({ ...VALID, sub: 42 })}`],
    ['with a list as its subject', `Bearer ${forge({ ...VALID, sub: ['42'] })}`],
  ];

  it.each(authorizations)('is refused: %s', async (_, authorization) => {
    const headers: Record<string, string> =
      authorization === undefined ? {} : { Authorization: authorization };
    for (const question of [
      { method: 'POST', path: '/v1/campaigns/open/grants', headers },
      { path: '/v1/campaigns/open/grants/me', headers },
      { path: '/v1/campaigns/open/stats', headers },
      { method: 'POST', path: '/v1/campaigns', headers },
    ]) {
      const answer = await ask(question);
      expectProblem(answer, 401, 'invalid-token');
      expect(answer.headers['www-authenticate']).toMatch(
        authorization?.startsWith('Bearer')
          ? /^Bearer realm="seonchak", error="invalid_token", error_description="[^"\\]+"$/
          : /^Bearer realm="seonchak"$/,
      );
    }
  });

  it.each([
    '0',
    '-1',
    '9223372036854775808',
    'abc',
    '01',
    '1.0',
    ' 1',
    '1 ',
    '1\n',
    '1e3',
    '0x1',
    '+1',
    '１',
  ])('is refused: a subject that is no user id, %j', async (sub) => {
    const headers = { Authorization: `Bearer ${forge({ ...VALID, sub })}` };
    expectProblem(
      await ask({ method: 'POST', path: '/v1/campaigns/open/grants', headers }),
      401,
      'invalid-token',
    );
    expectProblem(await ask({ path: '/v1/campaigns/open/grants/me', headers }), 401, 'invalid-token');
  });

  it('cannot carry a token or a user id anywhere else', async () => {
    const questions: Question[] = [
      { path: `/v1/campaigns/open/grants?access_token=${good}&userId=42` },
      { path: '/v1/campaigns/open/grants', headers: { Cookie: `token=${good}; access_token=${good}` } },
      {
        path: '/v1/campaigns/open/grants',
        headers: { 'X-User-Id': '42', 'X-Forwarded-User': '42', 'Proxy-Authorization': `Bearer ${good}` },
      },
      { path: '/v1/campaigns/open/grants', headers: JSON_TYPE, body: '{"userId":"42"}' },
    ];
    for (const question of questions) {
      expectProblem(await ask({ method: 'POST', ...question }), 401, 'invalid-token');
    }
  });
});

describe('a claim with a body that is not empty', () => {
  const JSON_BODY = { ...JSON_TYPE };
  const bodies: [string, Record<string, string>, string | Buffer, number, string][] = [
    ['a user id', JSON_BODY, '{"userId":"77"}', 400, 'invalid-request'],
    ['an unknown property', JSON_BODY, '{"x":1}', 400, 'invalid-request'],
    ['__proto__', JSON_BODY, '{"__proto__":{"userId":"77"}}', 400, 'invalid-request'],
    ['broken JSON', JSON_BODY, '{"userId":', 400, 'invalid-request'],
    ['an empty list', JSON_BODY, '[]', 400, 'invalid-request'],
    ['a list', JSON_BODY, '[{}]', 400, 'invalid-request'],
    ['a string', JSON_BODY, '"77"', 400, 'invalid-request'],
    ['a number', JSON_BODY, '77', 400, 'invalid-request'],
    ['null', JSON_BODY, 'null', 400, 'invalid-request'],
    ['1 MB', JSON_BODY, JSON.stringify({ x: 'x'.repeat(MANY_BYTES) }), 413, 'payload-too-large'],
    ['text', { 'Content-Type': 'text/plain' }, 'userId=77', 415, 'unsupported-media-type'],
    [
      'a form',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      'userId=77',
      415,
      'unsupported-media-type',
    ],
    [
      'a form in parts',
      { 'Content-Type': 'multipart/form-data; boundary=b' },
      '--b\r\nContent-Disposition: form-data; name="userId"\r\n\r\n77\r\n--b--\r\n',
      415,
      'unsupported-media-type',
    ],
    ['something of no type', {}, '{}', 415, 'unsupported-media-type'],
    [
      'JSON in another charset',
      { 'Content-Type': 'application/json; charset=ebcdic' },
      '{}',
      415,
      'unsupported-media-type',
    ],
    ['gzip that is none', { ...JSON_BODY, 'Content-Encoding': 'gzip' }, '{}', 400, 'invalid-request'],
    ['an unknown encoding', { ...JSON_BODY, 'Content-Encoding': 'x' }, '{}', 415, 'unsupported-media-type'],
    [
      'gzip that swells to 1 MB',
      { ...JSON_BODY, 'Content-Encoding': 'gzip' },
      gzipSync(JSON.stringify({ x: 'x'.repeat(MANY_BYTES) })),
      413,
      'payload-too-large',
    ],
    [
      'gzip cut short',
      { ...JSON_BODY, 'Content-Encoding': 'gzip' },
      gzipSync('{"x":"some text to be cut"}').subarray(0, 15),
      400,
      'invalid-request',
    ],
  ];

  it.each(bodies)('is refused: %s', async (_, headers, body, status, code) => {
    for (const chunked of [false, true]) {
      const answer = await ask({
        method: 'POST',
        path: '/v1/campaigns/open/grants',
        headers: { ...user, ...headers },
        body,
        chunked,
      });
      expectProblem(answer, status, code);
    }
  });
});

describe('a body that cannot be read says what is wrong with it:', () => {
  const bodies: [string, Record<string, string>, string | Buffer, string][] = [
    ['a comma too many', {}, '{\n  "id": "a",\n}', 'The body is not JSON: see line 3, column 1.'],
    ['a missing comma', {}, '{"a": 1 "b": 2}', 'The body is not JSON: see line 1, column 9.'],
    ['a word', {}, '{"a":nope}', 'The body is not JSON: there is "o" where it may not be.'],
    ['an end too early', {}, '{"a":', 'The body is not JSON: it ends too early.'],
    ['a form', {}, 'a=1', 'The body is not JSON: it must be an object, {…}.'],
    ['another charset', { 'Content-Type': 'application/json; charset=latin1' }, '{}', 'Send JSON in UTF-8.'],
    [
      'another encoding',
      { 'Content-Encoding': 'x' },
      '{}',
      'Send the body without a Content-Encoding, or with gzip, deflate or br.',
    ],
    ['no gzip', { 'Content-Encoding': 'gzip' }, '{}', 'The body is not what its Content-Encoding says.'],
    [
      'too large',
      {},
      `"${'x'.repeat(20_000)}"`,
      'The body may have at most 16384 bytes, after decompression.',
    ],
    ['another type', { 'Content-Type': 'text/plain' }, 'x', 'Send application/json.'],
    [
      'an unknown field',
      {},
      '{"state":"PAUSED","colour":1}',
      'colour is not known here; this call takes name, state, opensAt, closesAt, reason.',
    ],
    [
      'a field that would be dropped',
      {},
      '{"state":"PAUSED","constructor":1}',
      'constructor is not known here; this call takes name, state, opensAt, closesAt, reason.',
    ],
    [
      'two wrong fields',
      {},
      '{"state":"GONE","reason":5}',
      'state must be one of the following values: OPEN, PAUSED, CLOSED. See errors for the others.',
    ],
  ];

  it.each(bodies)('%s', async (_, headers, body, detail) => {
    const answer = await ask({
      method: 'PATCH',
      path: '/v1/campaigns/open',
      headers: { ...admin, ...JSON_TYPE, ...headers },
      body,
    });
    const problem = JSON.parse(answer.text) as { detail: string };
    expect(problem.detail).toBe(detail);
  });
});

describe('a campaign that does not exist', () => {
  const ids = [
    'nope',
    'OPEN',
    'open%20',
    '%20open',
    'open%0A',
    '..%2Fopen',
    '%2e%2e',
    'open%2F..',
    '%F0%9F%92%A9',
    '%EC%84%A0%EC%B0%A9',
    '{',
    '%7Bopen%7D',
    '*',
    "open'--",
    '__proto__',
    'constructor',
    'a'.repeat(2_000),
  ];

  it.each(ids)('%s', async (id) => {
    for (const question of [
      { method: 'POST', path: `/v1/campaigns/${id}/grants`, headers: user },
      { path: `/v1/campaigns/${id}` },
      { path: `/v1/campaigns/${id}/stats`, headers: admin },
      { path: `/v1/campaigns/${id}/grants`, headers: admin },
      { path: `/v1/campaigns/${id}/grants.csv`, headers: admin },
      {
        method: 'PATCH',
        path: `/v1/campaigns/${id}`,
        headers: { ...admin, ...JSON_TYPE },
        body: '{"state":"PAUSED"}',
      },
    ]) {
      expectProblem(await ask(question), 404, 'unknown-campaign');
    }
    const mine = await ask({ path: `/v1/campaigns/${id}/grants/me`, headers: user });
    expectProblem(mine, 404, 'no-claim');
  });

  it('whose id cannot be decoded', async () => {
    for (const id of ['%', '%E0%A4%A', '%zz', '%ff']) {
      expectProblem(
        await send(api.url, { method: 'POST', path: `/v1/campaigns/${id}/grants`, headers: user }),
        400,
        'invalid-request',
      );
    }
  });

  it.each(['%00', 'open%00', '%00open'])(
    'whose id holds a NUL, which text in Postgres cannot: %s',
    async (id) => {
      for (const question of [
        { method: 'POST', path: `/v1/campaigns/${id}/grants`, headers: user },
        { path: `/v1/campaigns/${id}/grants/me`, headers: user },
        { path: `/v1/campaigns/${id}` },
        { path: `/v1/campaigns/${id}/stats`, headers: admin },
        { path: `/v1/campaigns/${id}/grants.csv`, headers: admin },
      ]) {
        const answer = await send(api.url, question);
        const { code } = expectProblem(
          answer,
          answer.status,
          (JSON.parse(answer.text) as { code: string }).code,
        );
        expect([
          [400, 'invalid-request'],
          [404, 'unknown-campaign'],
          [404, 'no-claim'],
        ]).toContainEqual([answer.status, code]);
      }
    },
  );

  it('whose id is not ASCII, sent unescaped', async () => {
    const lines = [
      'Host: x',
      `Authorization: ${user.Authorization}`,
      'Content-Length: 0',
      'Connection: close',
    ];
    const answer = await sendBytes(
      api.url,
      `POST /v1/campaigns/선착/grants HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`,
    );
    expect([400, 404]).toContain(answer.status);
    expectProblem(answer, answer.status, answer.status === 400 ? 'invalid-request' : 'unknown-campaign');
  });
});

describe('a path or method that does not exist', () => {
  it.each([
    ['DELETE', '/v1/campaigns/open/grants', 'GET, HEAD, POST'],
    ['PUT', '/v1/campaigns/open/grants', 'GET, HEAD, POST'],
    ['POST', '/v1/campaigns/open/grants/me', 'DELETE, GET, HEAD'],
    ['PUT', '/v1/campaigns/open', 'DELETE, GET, HEAD, PATCH'],
    ['PUT', '/v1/campaigns', 'GET, HEAD, POST'],
    ['GET', '/v1/payout-events', 'POST'],
    ['HEAD', '/v1/payout-events', 'POST'],
    ['PUT', '/v1/wallets/KRW/42', 'GET, HEAD, PATCH'],
    ['POST', '/v1/campaigns/open/stats', 'GET, HEAD'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['DELETE', '/metrics', 'GET, HEAD'],
    ['TRACE', '/v1/campaigns/open/grants', 'GET, HEAD, POST'],
    ['OPTIONS', '/v1/campaigns/open/grants', 'GET, HEAD, POST'],
  ])('%s %s is 405', async (method, path, allow) => {
    const answer = await ask({ method, path, headers: { ...admin } });
    expect(answer.headers.allow).toBe(allow);
    if (method === 'HEAD') expect(answer.status).toBe(405);
    else expectProblem(answer, 405, 'method-not-allowed');
  });

  it.each([
    ['GET', '/v1'],
    ['GET', '/v2/campaigns/open'],
    ['POST', '/v1/campaigns/open/grants/you'],
    ['GET', '/v1/campaigns/open/grants/me/too'],
    ['GET', '/v1//campaigns/open/stats/'],
    ['GET', '/v1/campaigns/../campaigns/..'],
    ['GET', '/.env'],
    ['GET', '/health'],
    ['DELETE', '/nowhere'],
  ])('%s %s is 404', async (method, path) => {
    expectProblem(await ask({ method, path, headers: user }), 404, 'not-found');
  });
});

describe('malformed HTTP', () => {
  it('headers beyond the limit are 431', async () => {
    const long = 'x'.repeat(HEADER_LIMIT);
    const questions: Question[] = [
      { path: '/v1/campaigns/open', headers: { 'X-Long': long } },
      { path: `/v1/campaigns/${long}` },
      { path: '/v1/campaigns/open/grants/me', headers: { Authorization: `Bearer ${long}` } },
    ];
    for (const question of questions) {
      expectProblem(await send(api.url, question), 431, 'invalid-request');
    }
  });

  it.each([
    ['no HTTP at all', 'HELLO\r\n\r\n'],
    ['a method nobody knows', 'CLAIM /v1/campaigns/open/grants HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a version of the future', 'GET /v1/campaigns/open HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a header without a colon', 'GET /v1/campaigns/open HTTP/1.1\r\nHost x\r\n\r\n'],
    ['a space in a header name', 'GET /v1/campaigns/open HTTP/1.1\r\nHost : x\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/campaigns/open/grants HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    ],
    [
      'a length and chunks',
      'POST /v1/campaigns/open/grants HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST /v1/campaigns/open/grants HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
  ])('%s is 400', async (_, bytes) => {
    expectProblem(await sendBytes(api.url, bytes), 400, 'invalid-request');
  });

  it('a malformed chunk is 400', async () => {
    const bytes =
      'POST /v1/campaigns/open/grants HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
      `Authorization: ${user.Authorization}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`;
    expect((await sendBytes(api.url, bytes)).status).toBe(400);
  });
});

describe('a token without the administrator’s scope is refused', () => {
  const scopes: [string, unknown][] = [
    ['no scope', undefined],
    ['another scope', 'grants:write'],
    ['a longer scope', 'grants:administrator'],
    ['half the scope', 'grants'],
    ['the scope in capitals', 'GRANTS:ADMIN'],
    ['the scope as a list', ['grants:admin']],
    ['the scope as an object', { 'grants:admin': true }],
  ];

  it.each(scopes)('%s', async (_, scope) => {
    const headers = { Authorization: `Bearer ${forge({ ...VALID, scope })}` };
    for (const question of [
      { method: 'POST', path: '/v1/campaigns', body: '{"id":"mine"}' },
      { method: 'PATCH', path: '/v1/campaigns/open', body: '{"state":"CLOSED"}' },
      { path: '/v1/campaigns/open/stats' },
      { path: '/v1/campaigns/open/grants' },
      { path: '/v1/campaigns/open/grants.csv' },
      { path: '/v1/wallets/KRW/904' },
      { method: 'PATCH', path: '/v1/wallets/KRW/904', body: '{"state":"OPEN"}' },
    ]) {
      const answer = await ask({ ...question, headers: { ...headers, ...(question.body ? JSON_TYPE : {}) } });
      expectProblem(answer, 403, 'forbidden');
      expect(answer.headers['www-authenticate']).toMatch(
        /^Bearer realm="seonchak", error="insufficient_scope", scope="grants:\w+"$/,
      );
    }
  });
});

describe('terms from which no campaign can be created', () => {
  const terms = { id: 'new', name: 'New', capacity: 5, amount: 10, currency: 'KRW' };
  const wrong: [string, unknown][] = [
    ...['capacity', 'amount'].flatMap((field) =>
      [0, -1, 1.5, '5', 1e10, 1e308, null, true, [5], {}].map((value): [string, unknown] => [field, value]),
    ),
    ...[-1, 0.5, '5', 1e9, true, [], {}].map((value): [string, unknown] => ['waitingCapacity', value]),
    ...[
      '',
      'UP',
      '-a',
      'a-',
      'a b',
      'a_b',
      'a:b',
      '{a}',
      'a\n',
      'ㄱ',
      '../a',
      'a'.repeat(64),
      5,
      null,
      ['a'],
      {},
    ].map((value): [string, unknown] => ['id', value]),
    ...['', 'x'.repeat(201), 'a\u0000b', 5, null, ['a'], {}].map((value): [string, unknown] => [
      'name',
      value,
    ]),
    ...['', 'krw', 'KR', 'KRWX', 'KR1', 410, null, ['KRW'], '₩'].map((value): [string, unknown] => [
      'currency',
      value,
    ]),
    ...['opensAt', 'closesAt'].flatMap((field) =>
      [
        '',
        'tomorrow',
        '2026-13-01T00:00:00Z',
        '2026-02-30T00:00:00Z',
        '-271821-04-20T00:00:00.000Z',
        '0',
        5,
        true,
        ['2026-11-22T00:00:00Z'],
        {},
      ].map((value): [string, unknown] => [field, value]),
    ),
    ['state', 'CLOSED'],
    ['epoch', '7'],
    ['x', 1],
    ['constructor', {}],
    ['toString', 'x'],
    ['hasOwnProperty', true],
  ];

  const create = (body: string): Promise<Answer> =>
    ask({ method: 'POST', path: '/v1/campaigns', headers: { ...admin, ...JSON_TYPE }, body });

  it.each(wrong)('%s: %j', async (field, value) => {
    const document = expectProblem(
      await create(JSON.stringify({ ...terms, [field]: value })),
      400,
      'invalid-request',
    );
    expect(document.errors).toEqual([{ field, message: expect.stringContaining(field) }]);
  });

  it.each(['id', 'name', 'capacity', 'amount', 'currency'])('no %s', async (field) => {
    const document = expectProblem(
      await create(JSON.stringify({ ...terms, [field]: undefined })),
      400,
      'invalid-request',
    );
    expect(document.errors).toEqual([expect.objectContaining({ field })]);
  });

  it('a closing time that is not after the opening time', async () => {
    const opensAt = '2030-01-01T00:00:00Z';
    for (const closesAt of ['2029-01-01T00:00:00Z', opensAt, '2030-01-01T00:00:00+09:00']) {
      expectProblem(await create(JSON.stringify({ ...terms, opensAt, closesAt })), 400, 'invalid-request');
    }
  });

  it.each(['', '[]', '[1]', `[${JSON.stringify(terms)}]`, '"open"', '5', 'null', '{', '{"id":"new",}'])(
    'the body %j',
    async (body) => {
      expectProblem(await create(body), 400, 'invalid-request');
    },
  );

  it.each([
    `{"__proto__":{"capacity":5},"id":"new","name":"New","amount":10,"currency":"KRW"}`,
    `{"__proto__":{"x":1},${JSON.stringify(terms).slice(1)}`,
    `{"prototype":{"x":1},${JSON.stringify(terms).slice(1)}`,
    `{"constructor":{"prototype":{"polluted":1}},${JSON.stringify(terms).slice(1)}`,
  ])('a prototype: %s', async (body) => {
    expectProblem(await create(body), 400, 'invalid-request');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).capacity).toBeUndefined();
  });

  it('an id that is taken', async () => {
    for (const id of ['open', 'default'])
      expectProblem(await create(JSON.stringify({ ...terms, id })), 409, 'campaign-exists');
  });

  it('no body, or a body of the wrong type or size', async () => {
    expectProblem(
      await ask({ method: 'POST', path: '/v1/campaigns', headers: admin }),
      400,
      'invalid-request',
    );
    const form = { ...admin, 'Content-Type': 'application/x-www-form-urlencoded' };
    const answer = await ask({ method: 'POST', path: '/v1/campaigns', headers: form, body: 'id=new' });
    expectProblem(answer, 415, 'unsupported-media-type');
    const large = JSON.stringify({ ...terms, name: 'x'.repeat(MANY_BYTES) });
    expectProblem(await create(large), 413, 'payload-too-large');
  });
});

describe('changes that no campaign accepts', () => {
  const change = (body: string): Promise<Answer> =>
    ask({ method: 'PATCH', path: '/v1/campaigns/open', headers: { ...admin, ...JSON_TYPE }, body });

  it.each([
    ...['', 'open', 'DONE', null, 5, true, ['CLOSED'], {}].map((state) => ({ state })),
    ...['', 'tomorrow', '2026-13-01', '-271821-04-20T00:00:00.000Z', 5, true, [], {}].flatMap((time) => [
      { opensAt: time },
      { closesAt: time },
    ]),
    { capacity: 10 },
    { amount: 10 },
    { epoch: '9' },
    { id: 'other' },
    { state: 'PAUSED', x: 1 },
    { opensAt: '2030-01-01T00:00:00Z', closesAt: '2029-01-01T00:00:00Z' },
  ])('%j', async (body) => {
    expectProblem(await change(JSON.stringify(body)), 400, 'invalid-request');
  });

  it.each(['[]', '[{"state":"CLOSED"}]', '"CLOSED"', 'null', '{', '{"__proto__":{"state":"CLOSED"}}'])(
    'the body %j',
    async (body) => {
      expectProblem(await change(body), 400, 'invalid-request');
    },
  );
});

describe('invalid wallets', () => {
  it.each([
    'krw/42',
    'KR/42',
    'KRWX/42',
    'KR1/42',
    '%00/42',
    'KRW/0',
    'KRW/-1',
    'KRW/01',
    'KRW/abc',
    'KRW/1.0',
    'KRW/%00',
    'KRW/9223372036854775808',
  ])('%s', async (wallet) => {
    const path = `/v1/wallets/${wallet}`;
    expectProblem(await ask({ path, headers: admin }), 400, 'invalid-request');
    const headers = { ...admin, ...JSON_TYPE };
    expectProblem(
      await ask({ method: 'PATCH', path, headers, body: '{"state":"CLOSED","reason":"a test"}' }),
      400,
      'invalid-request',
    );
  });

  it('one that does not exist', async () => {
    for (const wallet of ['KRW/42', 'USD/904', 'KRW/9223372036854775807'])
      expectProblem(await ask({ path: `/v1/wallets/${wallet}`, headers: admin }), 404, 'unknown-wallet');
  });

  it.each([
    ...['', '{}', '[]', '{', '{"state":"CLOSED"}'],
    ...['null', '"closed"', '"CLOSED","balance":"9"'].map((state) => `{"reason":"a test","state":${state}}`),
  ])('changed to %j', async (body) => {
    const headers = { ...admin, ...JSON_TYPE };
    const answer = await ask({ method: 'PATCH', path: '/v1/wallets/KRW/904', headers, body });
    expectProblem(answer, 400, 'invalid-request');
  });
});

describe('invalid queries for a list', () => {
  const filters = [
    'status=foo',
    'status=pending',
    'status=',
    'status=PENDING&status=foo',
    'status=PENDING,FAILED',
    'userId=0',
    'userId=abc',
    'userId=9223372036854775808',
    'userId=1&userId=2',
    'arrivalFrom=0',
    'arrivalTo=1.5',
    'arrivalTo=1&arrivalTo=2',
    'createdFrom=2026-12-01',
    'createdBefore=2026-02-30T00:00:00Z',
    'x=1',
    '__proto__=1',
    'status[ne]=PENDING',
  ];
  const pages = [
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1.5',
    'limit=abc',
    'limit=1&limit=2',
    'after=-1',
    'after=1.5',
    'after=abc',
    'after=1e400',
    'after=9007199254740993',
    'after=NaN',
  ];

  it.each([...filters, ...pages])('?%s', async (query) => {
    const answer = await ask({ path: `/v1/campaigns/open/grants?${query}`, headers: admin });
    expectProblem(answer, 400, 'invalid-request');
  });

  it.each([...filters, 'limit=5', 'after=5'])('as CSV, ?%s', async (query) => {
    const answer = await ask({ path: `/v1/campaigns/open/grants.csv?${query}`, headers: admin });
    expectProblem(answer, 400, 'invalid-request');
  });
});

describe('all these answers', () => {
  it('are 4xx: none is a success or a server error', () => {
    expect(seen.length).toBeGreaterThan(400);
    expect(seen.filter(({ status }) => status < 400 || status >= 500)).toEqual([]);
  });

  it('are in the OpenAPI document', async () => {
    const document = (await api.http.get('/openapi.json')).body as {
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    const operations = Object.entries(document.paths).map(([template, methods]) => ({
      pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      template,
      methods,
      fixed: template.split('{').length,
    }));
    // The most literal template wins.
    operations.sort((a, b) => a.fixed - b.fixed);
    const undocumented = new Set<string>();
    let looked = 0;
    for (const { method, path, status } of seen) {
      const operation = operations.find(({ pattern, methods }) => pattern.test(path) && method in methods);
      if (!operation) continue;
      looked++;
      if (!(status in operation.methods[method]!.responses))
        undocumented.add(`${method} ${operation.template}: ${status}`);
    }
    expect(looked).toBeGreaterThan(400);
    expect([...undocumented]).toEqual([]);
  });
});
