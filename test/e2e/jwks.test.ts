import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually.js';
import { forge, forgeWithKey, inSeconds } from '../support/forged-tokens.js';
import { send } from '../support/http.js';
import { jwk, KeyServers } from '../support/key-server.js';
import { expectProblem } from '../support/problem.js';
import { ServiceProcess } from '../support/service-process.js';
import { type RunningApp, World } from '../support/world.js';

const ISSUER = 'https://issuer.test';
const AUDIENCE = 'seonchak';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });

const claims = { sub: '42', exp: inSeconds(3_600), iss: ISSUER, aud: AUDIENCE };
const rs256 = (of: object = claims, kid = 'rsa-1', key: KeyObject = rsa.privateKey): string =>
  forgeWithKey({ ...of }, { alg: 'RS256', kid }, key);

const keySet = JSON.stringify({
  keys: [jwk(rsa.publicKey, 'rsa-1', 'RS256'), jwk(ec.publicKey, 'ec-1', 'ES256')],
});

let world: World;
const keyServers = new KeyServers();

beforeAll(async () => {
  world = await World.create({ JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE });
});

afterAll(async () => {
  await world.close();
  keyServers.end();
});

const serveKeySet: RequestListener = (_, response) => {
  response.setHeader('Content-Type', 'application/json').end(keySet);
};

const startWith = (url: string, variables: Readonly<Record<string, string>> = {}): Promise<RunningApp> =>
  world.start('api', { JWT_SECRET: '', JWT_JWKS_URL: url, ...variables });

const ask = (app: RunningApp, token: string) =>
  app.http.get('/v1/campaigns/default/grants/me').set('Authorization', `Bearer ${token}`);

describe('with a key set', () => {
  let app: RunningApp;
  let fetched = 0;

  beforeAll(async () => {
    const { url } = await keyServers.serve((request, response) => {
      fetched++;
      serveKeySet(request, response);
    });
    app = await startWith(url);
  });

  it('accepts tokens signed with its keys, and fetches the keys once', async () => {
    const es256 = forgeWithKey(claims, { alg: 'ES256', kid: 'ec-1' }, ec.privateKey);
    for (const token of [rs256(), es256]) {
      // The token is accepted: 404 says that this user has no claim yet.
      for (let i = 0; i < 3; i++) expectProblem(await ask(app, token), 404, 'no-claim');
    }
    expect(fetched).toBe(1);
    const claim = await app.http
      .post('/v1/campaigns/default/grants')
      .set('Authorization', `Bearer ${rs256()}`);
    expect({ status: claim.status, userId: claim.body.userId }).toEqual({ status: 202, userId: '42' });
  });

  const publicPem = createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'pem' }).toString();
  const publicModulus = String(rsa.publicKey.export({ format: 'jwk' }).n);

  it.each([
    ['HS256 with the public key as its secret', forge(claims, { alg: 'HS256', kid: 'rsa-1' }, publicPem)],
    ['HS256 with the trimmed public key', forge(claims, { alg: 'HS256', kid: 'rsa-1' }, publicPem.trim())],
    ['HS256 with the modulus', forge(claims, { alg: 'HS256', kid: 'rsa-1' }, publicModulus)],
    ['HS256 without a key id', forge(claims, { alg: 'HS256' }, publicPem)],
    ["HS256 with the tests' secret", forge(claims)],
    ['an unknown key id', rs256(claims, 'rsa-2')],
    ["a stranger's key under a known id", rs256(claims, 'rsa-1', stranger.privateKey)],
    ['the id of another kind of key', rs256(claims, 'ec-1')],
    ['no algorithm', forge(claims, { alg: 'none', kid: 'rsa-1' })],
    [
      'a key that the token brings along',
      forgeWithKey(
        claims,
        { alg: 'RS256', kid: 'x', jwk: jwk(stranger.publicKey, 'x', 'RS256') },
        stranger.privateKey,
      ),
    ],
    ['another issuer', rs256({ ...claims, iss: 'https://other.test' })],
    ['no issuer', rs256({ ...claims, iss: undefined })],
    ['another audience', rs256({ ...claims, aud: 'other' })],
    ['no audience', rs256({ ...claims, aud: undefined })],
    ['an end in the past', rs256({ ...claims, exp: inSeconds(-60) })],
  ])('refuses %s', async (_, token) => {
    expectProblem(await ask(app, token), 401, 'invalid-token');
  });

  it('goes on with the keys that it has when the key server is away', async () => {
    const { url, server } = await keyServers.serve(serveKeySet);
    const other = await startWith(url);
    expectProblem(await ask(other, rs256({ ...claims, sub: '43' })), 404, 'no-claim');
    server.closeAllConnections();
    server.close();
    expectProblem(await ask(other, rs256({ ...claims, sub: '43' })), 404, 'no-claim');
  });
});

/** Serves a key set that can be changed and taken away, and counts how often it is fetched. */
async function changingKeys(first: readonly object[]) {
  let keys = first;
  let answers: RequestListener | undefined;
  const counted = { url: '', fetched: 0 };
  const { url } = await keyServers.serve((request, response) => {
    counted.fetched++;
    if (answers) answers(request, response);
    else response.end(JSON.stringify({ keys }));
  });
  return Object.assign(counted, {
    url,
    become: (others: readonly object[]) => (keys = others),
    fail: (how: RequestListener | undefined) => (answers = how),
  });
}

const second = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const third = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const anonymous = (key: KeyObject) => ({ ...key.export({ format: 'jwk' }), use: 'sig' });
const of = (sub: string) => ({ ...claims, sub });
const known = async (app: RunningApp, token: string) => expectProblem(await ask(app, token), 404, 'no-claim');
const refused = async (app: RunningApp, token: string) =>
  expectProblem(await ask(app, token), 401, 'invalid-token');

describe('a key set whose server is away for longer than the refresh interval', () => {
  const outages: [string, RequestListener][] = [
    ['fails', (_, response) => void response.writeHead(503).end()],
    ['breaks off', (_, response) => void response.socket?.destroy()],
    ['has forgotten its keys', (_, response) => void response.end('{"keys":[]}')],
  ];

  it.each(outages)(
    'stays in use while its server %s, and is fetched outside of requests',
    async (_, outage) => {
      const server = await changingKeys([jwk(rsa.publicKey, 'rsa-1', 'RS256')]);
      const app = await startWith(server.url, { JWT_JWKS_REFRESH_MS: '100' });
      await known(app, rs256(of('61')));
      server.fail(outage);
      const { fetched } = server;
      await eventually(() => expect(server.fetched).toBeGreaterThan(fetched + 3));
      for (const sub of ['61', '62']) await known(app, rs256(of(sub)));
      // A token with an unknown key may still be valid, so it is not answered 401.
      expectProblem(await ask(app, rs256(of('63'), 'rsa-2', second.privateKey)), 503, 'unavailable');
      server.become([jwk(second.publicKey, 'rsa-2', 'RS256')]);
      server.fail(undefined);
      await eventually(() => known(app, rs256(of('63'), 'rsa-2', second.privateKey)));
      await refused(app, rs256(of('64'))); // its key was withdrawn
      await app.close();
    },
  );

  it('is not used any more once it is too old', async () => {
    const server = await changingKeys([jwk(rsa.publicKey, 'rsa-1', 'RS256')]);
    const times = { JWT_JWKS_REFRESH_MS: '100', JWT_JWKS_STALE_MS: '500' };
    const app = await startWith(server.url, times);
    await known(app, rs256(of('65')));
    server.fail((_, response) => void response.writeHead(503).end());
    await eventually(async () => expectProblem(await ask(app, rs256(of('65'))), 503, 'unavailable'));
    server.fail(undefined);
    await eventually(() => known(app, rs256(of('65'))));
    await app.close();
  });
});

describe('a key set that changes', () => {
  it('is fetched again when no key fits a token, but not for each such token', async () => {
    const server = await changingKeys([jwk(rsa.publicKey, 'rsa-1', 'RS256')]);
    const app = await startWith(server.url);
    await known(app, rs256(of('71')));
    server.become([jwk(rsa.publicKey, 'rsa-1', 'RS256'), jwk(second.publicKey, 'rsa-2', 'RS256')]);
    // Forged tokens keep coming.
    for (let i = 0; i < 100; i++) await refused(app, rs256(of('72'), `forged-${i}`, stranger.privateKey));
    await eventually(() => known(app, rs256(of('72'), 'rsa-2', second.privateKey)));
    await known(app, rs256(of('71')));
    expect(server.fetched).toBeLessThanOrEqual(4);
    await app.close();
  });

  it('is tried key by key for a token that does not name its key', async () => {
    const server = await changingKeys([jwk(rsa.publicKey, 'rsa-1', 'RS256'), anonymous(second.publicKey)]);
    const app = await startWith(server.url);
    const nameless = (sub: string, key: KeyObject) => forgeWithKey(of(sub), { alg: 'RS256' }, key);
    await known(app, nameless('73', second.privateKey));
    await known(app, nameless('73', rsa.privateKey));
    await refused(app, nameless('73', stranger.privateKey));
    await refused(app, forgeWithKey({ ...of('73'), aud: 'other' }, { alg: 'RS256' }, second.privateKey));
    server.become([anonymous(third.publicKey)]);
    await eventually(() => known(app, nameless('74', third.privateKey)));
    await refused(app, nameless('74', rsa.privateKey));
    await app.close();
  });
});

describe('JWT_USER_CLAIM', () => {
  const CLAIM = 'https://example.test/user_id';
  const named = (user: unknown, rest: object = {}) =>
    rs256({ ...claims, sub: 'auth0|x', ...rest, [CLAIM]: user });

  it('names the user, while the subject still names who acts as operator', async () => {
    const { url } = await keyServers.serve(serveKeySet);
    const app = await startWith(url, { JWT_USER_CLAIM: CLAIM });
    const claim = (token: string) =>
      app.http.post('/v1/campaigns/default/grants').set('Authorization', `Bearer ${token}`);
    for (const user of ['81', 81]) expect((await claim(named(user))).body.userId).toBe('81');
    for (const user of [undefined, '', '081', 1.5, 2 ** 53, -1, true, ['81'], { toString: '81' }])
      expectProblem(await claim(named(user)), 401, 'invalid-token');
    expectProblem(await claim(rs256()), 401, 'invalid-token'); // its decimal subject is not a user id here
    const stats = app.http
      .get('/v1/campaigns/default/stats')
      .set('Authorization', `Bearer ${named(undefined, { scope: 'grants:admin' })}`);
    expect((await stats).status).toBe(200);
    await app.close();
  });

  it('is not read from properties that every object inherits', async () => {
    const { url } = await keyServers.serve(serveKeySet);
    const app = await startWith(url, { JWT_USER_CLAIM: 'constructor' });
    await refused(app, rs256());
    await app.close();
  });
});

describe('without a key set', () => {
  let answering: RequestListener = serveKeySet;
  let server: Server;
  let service: ServiceProcess;

  // As a process: inside Jest, what fetch throws belongs to another realm.
  beforeAll(async () => {
    const keys = await keyServers.serve((request, response) => answering(request, response));
    ({ server } = keys);
    const { JWT_SECRET: _, ...variables } = world.variables;
    service = await ServiceProcess.start({ ...variables, APP_ROLE: 'api', JWT_JWKS_URL: keys.url });
  });

  afterAll(() => ServiceProcess.killAll());

  const askService = () =>
    send(service.url, {
      path: '/v1/campaigns/default/grants/me',
      headers: { Authorization: `Bearer ${rs256({ ...claims, sub: '44' })}` },
    });

  async function expectUnavailable(): Promise<void> {
    const asked = performance.now();
    const answer = await askService();
    expectProblem(answer, 503, 'unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(performance.now() - asked).toBeLessThan(3_000);
    expect((await send(service.url, { path: '/health/live' })).status).toBe(200);
  }

  const listeners: [string, RequestListener][] = [
    ['does not answer', () => undefined],
    ['fails', (_, response) => void response.writeHead(500).end('{}')],
    ['does not have it', (_, response) => void response.writeHead(404).end('{}')],
    ['answers nonsense', (_, response) => void response.end('<html>')],
    ['serves something else', (_, response) => void response.end('{"keys":5}')],
    ['breaks off', (_, response) => void response.socket?.destroy()],
  ];

  it.each(listeners)('because its server %s: answers 503, not 401', async (_, listener) => {
    answering = listener;
    await expectUnavailable();
  });

  it('because no server listens: answers 503 until one does', async () => {
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expectUnavailable();
    answering = serveKeySet;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await eventually(async () => expectProblem(await askService(), 404, 'no-claim'));
  });
});
