import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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

const startWith = (url: string): Promise<RunningApp> =>
  world.start('api', { JWT_SECRET: '', JWT_JWKS_URL: url });

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

  it('takes tokens of its keys, and fetches them once', async () => {
    const es256 = forgeWithKey(claims, { alg: 'ES256', kid: 'ec-1' }, ec.privateKey);
    for (const token of [rs256(), es256]) {
      // Known by name: this user has no claim yet.
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

  it('goes on with the keys that it has when their server is gone', async () => {
    const { url, server } = await keyServers.serve(serveKeySet);
    const other = await startWith(url);
    expectProblem(await ask(other, rs256({ ...claims, sub: '43' })), 404, 'no-claim');
    server.closeAllConnections();
    server.close();
    expectProblem(await ask(other, rs256({ ...claims, sub: '43' })), 404, 'no-claim');
  });
});

describe('without a key set', () => {
  let answering: RequestListener = serveKeySet;
  let server: Server;
  let service: ServiceProcess;

  // As a process: what fetch throws is of another realm inside of Jest.
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
    ['says nothing', () => undefined],
    ['fails', (_, response) => void response.writeHead(500).end('{}')],
    ['does not have it', (_, response) => void response.writeHead(404).end('{}')],
    ['talks nonsense', (_, response) => void response.end('<html>')],
    ['serves something else', (_, response) => void response.end('{"keys":5}')],
    ['breaks off', (_, response) => void response.socket?.destroy()],
  ];

  it.each(listeners)('because its server %s: 503, and not 401', async (_, listener) => {
    answering = listener;
    await expectUnavailable();
  });

  it('because nobody listens: 503, until somebody does', async () => {
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expectUnavailable();
    answering = serveKeySet;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expectProblem(await askService(), 404, 'no-claim');
  });
});
