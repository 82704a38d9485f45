import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Response } from 'supertest';
import { Client } from '../support/client.js';
import { forge, forgeWithKey, inSeconds } from '../support/forged-tokens.js';
import { jwk, KeyServers } from '../support/key-server.js';
import { expectProblem } from '../support/problem.js';
import { JWT_SECRET, type RunningApp, World } from '../support/world.js';

const OWN = 'https://own.test';
const ACME = 'https://acme.test';
const BOLT = 'https://bolt.test';
const AUDIENCE = 'seonchak';

const acme = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const bolt = generateKeyPairSync('rsa', { modulusLength: 2_048 });

type Claims = Readonly<Record<string, unknown>>;

const claimsOf = (iss: string, sub: string, more: Claims = {}) => ({
  ...{ iss, sub, aud: AUDIENCE, exp: inSeconds(3_600), ...more },
});
const signedBy = (key: KeyObject, alg: string, claims: Claims): string =>
  forgeWithKey(claims, { alg, kid: alg === 'RS256' ? 'bolt-1' : 'acme-1' }, key);

const byOwn = (sub: string, more: Claims = {}): string => forge(claimsOf(OWN, sub, more));
const byAcme = (sub: string, more: Claims = {}): string =>
  signedBy(acme.privateKey, 'ES256', claimsOf(ACME, sub, more));
const byBolt = (sub: string, more: Claims = {}): string =>
  signedBy(bolt.privateKey, 'RS256', claimsOf(BOLT, sub, more));

type Call = readonly [method: 'get' | 'post' | 'patch' | 'put' | 'delete', path: string];

/** Every call that needs a scope, as the API's own description lists it. */
function operatorsCalls(): Call[] {
  const { paths } = JSON.parse(readFileSync(join(__dirname, '../../openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, { 'x-needs-scope'?: string }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { 'x-needs-scope': scope }]) => scope !== undefined)
      .map(([method]) => [method, path] as Call),
  );
}

const keyServers = new KeyServers();
let world: World;
let api: RunningApp;
let variables: Readonly<Record<string, string>>;

const keysAt = async (key: KeyObject, kid: string, alg: string) =>
  keyServers.serve((_, response) => void response.end(JSON.stringify({ keys: [jwk(key, kid, alg)] })));

beforeAll(async () => {
  const acmeKeys = await keysAt(acme.publicKey, 'acme-1', 'ES256');
  const boltKeys = await keysAt(bolt.publicKey, 'bolt-1', 'RS256');
  world = await World.create();
  const admin = new Client(await world.start('api'));
  for (const id of ['spring', 'acme-1', 'acme-2', 'bolt-1', 'ours'])
    await admin.createCampaign({ id, capacity: 1_000 });
  variables = {
    JWT_ISSUER: OWN,
    JWT_AUDIENCE: AUDIENCE,
    JWT_ISSUERS: JSON.stringify([
      {
        ...{ issuer: ACME, audience: AUDIENCE, keySet: acmeKeys.url, algorithms: ['ES256'] },
        ...{ campaigns: ['spring', 'acme-*'], scopes: ['grants:read', 'grants:campaigns'] },
      },
      { issuer: BOLT, audience: AUDIENCE, keySet: boltKeys.url, campaigns: ['spring', 'bolt-1'] },
    ]),
  };
  api = await world.start('api', variables);
});

afterAll(async () => {
  await world.close();
  keyServers.end();
});

const claim = (token: string, campaign = 'spring', app = api): Promise<Response> =>
  Promise.resolve(app.http.post(`/v1/campaigns/${campaign}/grants`).set('Authorization', `Bearer ${token}`));
const read = (token: string, path: string, app = api): Promise<Response> =>
  Promise.resolve(app.http.get(path).set('Authorization', `Bearer ${token}`));
const userOf = async (token: string, app = api): Promise<string> => {
  const { status, body } = await claim(token, 'spring', app);
  expect([200, 202]).toContain(status);
  return body.userId as string;
};

describe('R34: a token is verified by the rules of the issuer that it states', () => {
  it('and is good by its key', async () => {
    for (const token of [byOwn('1'), byAcme('1'), byBolt('1')]) expect((await claim(token)).status).toBe(202);
  });

  it.each<[string, string]>([
    ['of a partner, with the key of another', signedBy(bolt.privateKey, 'RS256', claimsOf(ACME, '2'))],
    ['of another partner, with the key of one', signedBy(acme.privateKey, 'ES256', claimsOf(BOLT, '2'))],
    ['of a partner, with our secret', forge(claimsOf(ACME, '2'))],
    ['of ours, with the key of a partner', signedBy(acme.privateKey, 'ES256', claimsOf(OWN, '2'))],
    ['of nobody, with our secret', forge(claimsOf('https://unknown.test', '2'))],
    ['of nobody, with the key of a partner', signedBy(acme.privateKey, 'ES256', claimsOf('x', '2'))],
    ['without an issuer, with our secret', forge(claimsOf(OWN, '2', { iss: undefined }))],
    ['with a list of issuers', byAcme('2', { iss: [ACME] })],
    ['for another audience', byAcme('2', { aud: 'other' })],
    ['for no audience', byAcme('2', { aud: undefined })],
    ['that has expired', byAcme('2', { exp: inSeconds(-60) })],
    ['without a subject', byAcme('2', { sub: undefined })],
    ['with a subject that Postgres cannot keep', byAcme('a\0b')],
    ['with a subject that is too long', byAcme('x'.repeat(256))],
    ['that is none', 'x.y.z'],
  ])('and refused %s', async (_, token) => {
    expectProblem(await claim(token), 401, 'invalid-token');
  });

  it('and by no algorithm but its own', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const { url } = await keysAt(rsa.publicKey, 'bolt-1', 'RS256');
    const only = { issuer: ACME, audience: AUDIENCE, keySet: url, algorithms: ['ES256'], campaigns: ['*'] };
    const strict = await world.start('api', { ...variables, JWT_ISSUERS: JSON.stringify([only]) });
    const token = signedBy(rsa.privateKey, 'RS256', claimsOf(ACME, '2'));
    expectProblem(await claim(token, 'spring', strict), 401, 'invalid-token');
    const open = { ...only, algorithms: ['RS256'] };
    const other = await world.start('api', { ...variables, JWT_ISSUERS: JSON.stringify([open]) });
    expect((await claim(token, 'spring', other)).status).toBe(202);
  });
});

describe('R34: people of a partner claim in the campaigns that are listed for it', () => {
  it('by id or by the beginning of the id, on the direct route and by Express', async () => {
    for (const id of ['acme-1', 'acme-2'])
      for (const query of ['', '?']) {
        const path = `/v1/campaigns/${id}/grants${query}`;
        const answer = await api.http.post(path).set('Authorization', `Bearer ${byAcme('3')}`);
        expect([202, 200]).toContain(answer.status);
      }
  });

  it('and nowhere else, whatever they ask', async () => {
    const calls = [
      'post /grants',
      'post /grants?',
      'get /grants/me',
      'get /grants/me?',
      'delete /grants/me',
      'get /grants/me/proof',
      'get /eligible/me',
    ];
    for (const [token, id] of [
      [byAcme('3'), 'ours'],
      [byAcme('3'), 'bolt-1'],
      [byBolt('3'), 'acme-1'],
    ])
      for (const call of calls) {
        const [method = '', path = ''] = call.split(' ');
        const answer = await api.http[method as 'get'](`/v1/campaigns/${id}${path}`).set(
          ...(['Authorization', `Bearer ${token}`] as const),
        );
        expectProblem(answer, 403, 'issuer-not-admitted');
      }
    for (const id of ['ours', 'bolt-1', 'acme-1']) expect((await claim(byOwn('3'), id)).status).toBe(202);
  });
});

describe('R34: a partner names its own people alone', () => {
  it('so that one subject is three people at three issuers', async () => {
    const [own, ofAcme, ofBolt] = [
      await userOf(byOwn('4')),
      await userOf(byAcme('4')),
      await userOf(byBolt('4')),
    ];
    expect(own).toBe('4');
    expect(new Set([own, ofAcme, ofBolt]).size).toBe(3);
    for (const made of [ofAcme, ofBolt])
      expect(BigInt(made)).toBeGreaterThanOrEqual(9_000_000_000_000_000_000n);
    expect(await world.rows(`SELECT issuer, subject FROM login_users WHERE user_id = $1`, [ofAcme])).toEqual([
      { issuer: ACME, subject: '4' },
    ]);
  });

  it('who stay the same people on every instance, and later', async () => {
    const other = await world.start('api', variables);
    const ids = await Promise.all([api, other, api, other].map((app) => userOf(byAcme('five@acme'), app)));
    expect(new Set(ids).size).toBe(1);
    const again = await claim(byAcme('five@acme'), 'spring', await world.start('api', variables));
    expect([again.status, again.body.userId]).toEqual([200, ids[0]]);
  });

  it('a crowd at once, each of them once', async () => {
    const crowd = Array.from({ length: 200 }, (_, i) => byAcme(`crowd-${i % 100}`));
    const ids = await Promise.all(crowd.map((token) => userOf(token)));
    expect(new Set(ids).size).toBe(100);
    const [row] = await world.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM login_users WHERE issuer = $1 AND subject LIKE 'crowd-%'`,
      [ACME],
    );
    expect(row?.count).toBe(100);
  });

  it('even where the id that would be made is taken', async () => {
    const { hashedId } = await import('../../src/platform/identity/made-user-ids.js');
    const taken = hashedId(BOLT, 'collides', 0);
    await world.rows(`INSERT INTO login_users (issuer, subject, user_id) VALUES ('other', 'x', $1)`, [taken]);
    const made = await userOf(byBolt('collides'));
    expect(made).toBe(hashedId(BOLT, 'collides', 1));
    expect(await userOf(byBolt('collides'))).toBe(made);
  });

  it('and our own issuer cannot name one of them', async () => {
    const made = await userOf(byAcme('6'));
    expectProblem(await claim(byOwn(made)), 401, 'invalid-token');
    expect(await userOf(byOwn('8999999999999999999'))).toBe('8999999999999999999');
  });
});

describe('R34: operators of a partner', () => {
  const change = (token: string, reason: string): Promise<Response> =>
    Promise.resolve(
      api.http
        .patch('/v1/campaigns/acme-2')
        .set('Authorization', `Bearer ${token}`)
        .send({ name: reason, reason }),
    );

  it('have the scopes that are listed for it, and no more', async () => {
    const all = { scope: 'grants:read grants:campaigns grants:payouts grants:admin openid' };
    const terms = (id: string): string => `/v1/campaigns/${id}/terms`;
    expect((await read(byAcme('7', all), terms('acme-1'))).status).toBe(200);
    expectProblem(await read(byAcme('7'), terms('acme-1')), 403, 'forbidden');
    const stop = api.http
      .patch('/v1/campaigns/acme-1/payouts')
      .set('Authorization', `Bearer ${byAcme('7', all)}`);
    expectProblem(await stop.send({ state: 'STOPPED', reason: 'r' }), 403, 'forbidden');
    expectProblem(await read(byBolt('7', all), terms('bolt-1')), 403, 'forbidden');
    expect((await read(byOwn('7', all), '/v1/campaigns')).status).toBe(200);
  });

  it('have them in the campaigns that are listed for it, by every call that there is', async () => {
    const [first] = JSON.parse(variables.JWT_ISSUERS ?? '') as [object];
    const scopes = ['grants:read', 'grants:campaigns', 'grants:payouts'];
    const token = byAcme('8', { scope: scopes.join(' ') });
    const startWith = (campaigns: string[]): Promise<RunningApp> =>
      world.start('api', { ...variables, JWT_ISSUERS: JSON.stringify([{ ...first, scopes, campaigns }]) });
    const held = await startWith(['acme-*']);
    const free = await startWith(['*']);
    const ask = (app: RunningApp, [method, path]: Call, id: string): Promise<Response> =>
      Promise.resolve(
        app.http[method](path.replace('/campaigns/{id}', `/campaigns/${id}`).replaceAll(/\{\w+\}/g, '1'))
          .set('Authorization', `Bearer ${token}`)
          .send(method === 'get' ? undefined : { id }),
      );
    const calls = operatorsCalls();
    expect(calls.length).toBeGreaterThan(30);
    for (const call of calls) {
      if (call.join() !== 'get,/v1/campaigns') expectProblem(await ask(held, call, 'ours'), 403, 'forbidden');
      // A stream of figures would not end.
      if (call[1].endsWith('/live')) continue;
      const isForHeld = call[1].startsWith('/v1/campaigns/{id}') || call[1] === '/v1/campaigns';
      const own = await ask(held, call, 'acme-none');
      expect([call, own.status === 403]).toEqual([call, !isForHeld]);
      expect([call, (await ask(free, call, 'none')).status]).not.toEqual([call, 403]);
    }
  });

  describe('see the campaigns that are listed for it', () => {
    const list = (query = ''): Promise<Response> =>
      read(byAcme('9', { scope: 'grants:read' }), `/v1/campaigns?${query}`);
    const idsOf = ({ body }: Response): string[] => (body.items as { id: string }[]).map(({ id }) => id);

    it('and no others, the newest first, with the filters that everybody has', async () => {
      const all = await list();
      expect([all.status, idsOf(all), all.body.next]).toEqual([200, ['acme-2', 'acme-1', 'spring'], null]);
      expect(idsOf(await list('search=1'))).toEqual(['acme-1']);
      expect(idsOf(await list('search=ours'))).toEqual([]);
      expect(idsOf(await read(byOwn('9', { scope: 'grants:read' }), '/v1/campaigns'))).toContain('ours');
    });

    it('in pages that begin at campaigns of theirs alone', async () => {
      const first = await list('limit=2');
      expect([idsOf(first), first.body.next]).toEqual([['acme-2', 'acme-1'], 'acme-1']);
      const second = await list('limit=2&before=acme-1');
      expect([idsOf(second), second.body.next]).toEqual([['spring'], null]);
      // What they may not see answers as what is not there.
      for (const id of ['bolt-1', 'ours', 'nobody'])
        expectProblem(await list(`before=${id}`), 400, 'invalid-request');
      for (const time of ['@', '@1', '@12345678901234567', '@123456789012345x'])
        expectProblem(await list(`before=${time}`), 400, 'invalid-request');
    });

    it('among many of others, of which not even an id is told', async () => {
      const terms = `'Many', 1, 0, 1, 'KRW', 'CLOSED'`;
      await world.rows(
        `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency, state, created_at)
         SELECT 'many-' || n, ${terms}, now() + n * interval '1 us' FROM generate_series(1, 12000) AS n
         UNION ALL SELECT 'acme-among', ${terms}, now() + interval '7000 us'`,
      );
      const [pages, seen]: [Response[], string[]] = [[], []];
      for (let before: string | null = ''; before !== null;) {
        const page: Response = await list(before && `before=${before}`);
        pages.push(page);
        seen.push(...idsOf(page));
        before = page.body.next as string | null;
      }
      expect(seen).toEqual(['acme-among', 'acme-2', 'acme-1', 'spring']);
      expect(pages.length).toBe(3);
      expect(JSON.stringify(pages.map(({ body }) => body as unknown))).not.toContain('many-');
    });
  });

  it('are (subject, issuer) in the trail', async () => {
    const scope = { scope: 'grants:campaigns' };
    expect((await change(byAcme('kim', scope), 'by a partner')).status).toBe(200);
    expect((await change(byOwn('kim', scope), 'by ours')).status).toBe(200);
    const acts = await world.rows(
      `SELECT actor, reason FROM admin_acts WHERE reason LIKE 'by %' ORDER BY id`,
    );
    expect(acts).toEqual([
      { actor: `kim (${ACME})`, reason: 'by a partner' },
      { actor: 'kim', reason: 'by ours' },
    ]);
  });
});

it('a partner whose key server is away is answered 503, and nobody else', async () => {
  const away = await keyServers.serve((_, response) => void response.writeHead(500).end());
  const [first, second] = JSON.parse(variables.JWT_ISSUERS ?? '') as [object, object];
  const JWT_ISSUERS = JSON.stringify([{ ...first, keySet: away.url }, second]);
  const app = await world.start('api', { ...variables, JWT_ISSUERS });
  expectProblem(await claim(byAcme('8'), 'spring', app), 503, 'unavailable');
  expect((await claim(byBolt('8'), 'spring', app)).status).toBe(202);
  expect((await claim(byOwn('8'), 'spring', app)).status).toBe(202);
});

it('partners alone may sign tokens', async () => {
  const alone = { ...variables, JWT_SECRET: '', JWT_ISSUER: '' };
  const app = await world.start('api', alone);
  expect((await claim(byAcme('9'), 'spring', app)).status).toBe(202);
  expectProblem(await claim(byOwn('9'), 'spring', app), 401, 'invalid-token');
  expectProblem(
    await claim(forge({ sub: '9' }, { alg: 'HS256' }, JWT_SECRET), 'spring', app),
    401,
    'invalid-token',
  );
});
