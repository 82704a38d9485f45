import { erasePerson } from '../../src/platform/login/erase-person.js';
import { createHash } from 'node:crypto';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { OpenIdServer } from '../support/openid-server.js';
import { expectProblem } from '../support/problem.js';
import { tokenOf } from '../support/tokens.js';
import { Visitor } from '../support/visitor.js';
import { type RunningApp, World } from '../support/world.js';

const SITE = 'https://give.test';
const OWN = { 'Sec-Fetch-Site': 'same-origin' };
const SECRET = 'a secret that seals the cookies of tests alone';
const SESSION = '__Host-seonchak-session';
const CLAIMS = '/v1/campaigns/drop/grants';

let provider: OpenIdServer;
let world: World;
let api: RunningApp;

const variables = () => ({
  PUBLIC_ORIGIN: SITE,
  COOKIE_SECRET: SECRET,
  LOGIN_OIDC_ISSUER: provider.issuer,
  LOGIN_OIDC_CLIENT_ID: 'claimants',
  LOGIN_OIDC_CLIENT_SECRET: 'the secret of the claimants client',
});

beforeAll(async () => {
  provider = await OpenIdServer.start({
    clients: [{ id: 'claimants', secret: 'the secret of the claimants client' }],
    accounts: { '4242': { name: 'Kim' }, 'auth0|kim': { name: '김선착', user_id: 77 } },
    redirectUris: [`${SITE}/login/callback`],
  });
  world = await World.create();
  api = await world.start('api', variables());
  await new Client(api).createCampaign({ id: 'drop', capacity: 50 });
});

afterAll(async () => {
  await world.close();
  await provider.stop();
});

const visitor = (app = api) => new Visitor(SITE, app.url);
const session = async (who: Visitor) => JSON.parse((await who.ask('/v1/session')).text);

async function signedIn(account: string, app = api): Promise<Visitor> {
  const who = visitor(app);
  await who.signIn('/login', '/c/drop/ko?x=1#y', account);
  return who;
}

describe('a claimant signs in at an OpenID provider', () => {
  it('and comes back to the page, with a sealed cookie and no token anywhere', async () => {
    const who = visitor();
    expect(await session(who)).toEqual({ user: null, loginUrl: '/login' });
    const back = await who.signIn('/login', '/c/drop/ko?x=1#y', '4242');
    expect(back.headers['cache-control']).toBe('no-store');
    const kept = who.received.find((line) => line.startsWith(`${SESSION}=`));
    expect(kept).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=43200$/);
    expect(kept).not.toMatch(/Domain/i);
    expect(who.cookie(SESSION)).not.toContain(Buffer.from('4242').toString('base64url'));
    for (const address of who.visited) expect(address).not.toMatch(/token|eyJ/);
    expect(who.visited.some((address) => /code_challenge_method=S256/.test(address))).toBe(true);
    expect(who.visited.some((address) => /ui_locales=en/.test(address))).toBe(true);
    expect(who.cookie('__Host-seonchak-login')).toBeUndefined();

    const shown = await who.ask('/v1/session');
    expect(shown.headers['cache-control']).toBe('no-store');
    expect(JSON.parse(shown.text)).toEqual({
      user: { userId: '4242', name: 'Kim', expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      loginUrl: '/login',
    });
  });

  it('and claims, reads and leaves by cookie, on the direct route and by Express', async () => {
    const who = await signedIn('4242');
    const claimed = await who.ask(CLAIMS, { method: 'POST', headers: OWN });
    expect([claimed.status, JSON.parse(claimed.text).userId]).toEqual([202, '4242']);
    for (const query of ['', '?'])
      expect((await who.ask(`${CLAIMS}${query}`, { method: 'POST', headers: { Origin: SITE } })).status).toBe(
        200,
      );
    for (const query of ['', '?']) expect((await who.ask(`${CLAIMS}/me${query}`)).status).toBe(200);
    expectProblem(
      await who.ask(`${CLAIMS}/me`, { method: 'DELETE', headers: OWN }),
      409,
      'illegal-transition',
    );
    // The same person by a token of the issuer that names them so.
    expect((await new Client(api).status('drop', 4242)).status).toBe(200);
  });

  it('and a bearer token beside the cookie wins, good or not', async () => {
    const who = await signedIn('4242');
    const bearer = { Authorization: `Bearer ${await tokenOf(9)}` };
    const claimed = await who.ask(CLAIMS, { method: 'POST', headers: bearer });
    expect([claimed.status, JSON.parse(claimed.text).userId]).toEqual([202, '9']);
    const bad = { ...OWN, Authorization: 'Bearer x.y.z' };
    expectProblem(await who.ask(CLAIMS, { method: 'POST', headers: bad }), 401, 'invalid-token');
    const ofAProxy = { ...OWN, Authorization: 'Basic eDp5' };
    expect((await who.ask(CLAIMS, { method: 'POST', headers: ofAProxy })).status).toBe(200);
  });

  it('and signs out', async () => {
    const who = await signedIn('4242');
    expectProblem(await who.ask('/logout', { method: 'POST' }), 403, 'cross-site');
    expect((await session(who)).user).not.toBeNull();
    expect((await who.ask('/logout', { method: 'POST', headers: OWN })).status).toBe(204);
    expect(who.cookie(SESSION)).toBeUndefined();
    expect((await session(who)).user).toBeNull();
    expect((await who.ask('/logout', { method: 'POST' })).status).toBe(204);
    expectProblem(await who.ask(CLAIMS, { method: 'POST', headers: OWN }), 401, 'invalid-token');
  });
});

describe('R31: a cookie counts for requests of our own pages only', () => {
  it.each<Readonly<Record<string, string>>>([
    {},
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'none' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.test' },
    { Origin: 'https://evil.test' },
    { Origin: 'null' },
    { Origin: 'http://give.test' },
    { Origin: 'https://give.test:8443' },
    { Referer: 'https://give.test/c/drop' },
  ])('%j changes nothing', async (headers) => {
    const who = await signedIn('31');
    for (const query of ['', '?']) {
      expectProblem(await who.ask(`${CLAIMS}${query}`, { method: 'POST', headers }), 403, 'cross-site');
      expectProblem(await who.ask(`${CLAIMS}/me${query}`, { method: 'DELETE', headers }), 403, 'cross-site');
    }
    expectProblem(await who.ask(`${CLAIMS}/me`, { headers }), 404, 'no-claim');
  });
});

describe('R32: a login is one person', () => {
  const idIn = async (account: string, app = api): Promise<string> =>
    (await session(await signedIn(account, app))).user.userId;

  it('whose id stays the same when the provider names none', async () => {
    const kim = await idIn('auth0|kim');
    expect(BigInt(kim)).toBeGreaterThanOrEqual(9_000_000_000_000_000_000n);
    expect(await idIn('auth0|kim')).toBe(kim);
    expect(await idIn('auth0|lee')).not.toBe(kim);
    const known = await world.rows(`SELECT subject FROM login_users WHERE user_id = $1`, [kim]);
    expect(known).toEqual([{ subject: 'auth0|kim' }]);
    await expect(world.pg.query(`DELETE FROM login_users`)).rejects.toThrow(/erase-person/);
    const claimed = await (await signedIn('auth0|kim')).ask(CLAIMS, { method: 'POST', headers: OWN });
    expect(JSON.parse(claimed.text).userId).toBe(kim);

    // Who is erased is the same person at the next login: a second grant stays impossible.
    const [row] = await world.rows<{ issuer: string }>(`SELECT issuer FROM login_users WHERE user_id = $1`, [
      kim,
    ]);
    const erased = await erasePerson({
      databaseUrl: world.variables.DATABASE_URL ?? '',
      ...{ issuer: row!.issuer, subject: 'auth0|kim', reason: 'request 17' },
    });
    expect(erased).toBe(kim);
    const again = await (await signedIn('auth0|kim')).ask(CLAIMS, { method: 'POST', headers: OWN });
    expect([again.status, JSON.parse(again.text).userId]).toEqual([200, kim]);
  });

  it('who cannot become another one by a number of the range that is made here', async () => {
    const kim = await idIn('auth0|kim');
    expect(await idIn(kim)).not.toBe(kim);
  });

  it('and two logins at once make one id', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => idIn('twice|at-once')));
    expect(new Set(ids).size).toBe(1);
  });

  it('and gets the next id that is free when the first one is taken', async () => {
    const first = createHash('sha256')
      .update(JSON.stringify([provider.issuer, 'collides', 0]))
      .digest()
      .readBigUInt64BE();
    const taken = 9_000_000_000_000_000_000n + (first % (2n ** 63n - 9_000_000_000_000_000_000n));
    await world.pg.query(`INSERT INTO login_users (issuer, subject, user_id) VALUES ('other', 'x', $1)`, [
      String(taken),
    ]);
    const made = await idIn('collides');
    expect(made).not.toBe(String(taken));
    expect(await idIn('collides')).toBe(made);
  });

  it('named by JWT_USER_CLAIM where the provider has it', async () => {
    const other = await world.start('api', { ...variables(), JWT_USER_CLAIM: 'user_id' });
    expect(await idIn('auth0|kim', other)).toBe('77');
    expect(BigInt(await idIn('4242', other))).toBeGreaterThan(9_000_000_000_000_000_000n);
  });
});

describe('a cookie', () => {
  it('that was changed, made up or sealed for something else is no login', async () => {
    const who = await signedIn('5');
    const good = who.cookie(SESSION) ?? '';
    const parts = good.split('.');
    const changed = parts.map((_, index) =>
      parts
        .map((part, at) => (at === index ? `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}` : part))
        .join('.'),
    );
    await who.ask('/login');
    const attempt = who.cookie('__Host-seonchak-login') ?? '';
    for (const bad of [
      ...changed,
      attempt,
      '',
      'x',
      '....',
      `${good}.x`,
      good.slice(0, -1),
      JSON.stringify({}),
    ]) {
      const thief = visitor();
      thief.setCookie(SESSION, bad);
      expect([bad, (await session(thief)).user]).toEqual([bad, null]);
      expectProblem(await thief.ask(`${CLAIMS}/me`), 401, 'invalid-token');
    }
  });

  it('is good for LOGIN_SESSION_MS', async () => {
    const short = await world.start('api', { ...variables(), LOGIN_SESSION_MS: '1500' });
    const who = await signedIn('6', short);
    expect((await session(who)).user.userId).toBe('6');
    await eventually(async () => expect((await session(who)).user).toBeNull());
    expectProblem(await who.ask(`${CLAIMS}/me`), 401, 'invalid-token');
  });

  it('opens as long as its secret is in the list, which can be exchanged', async () => {
    const other = 'another secret that seals the cookies of tests';
    const old = await signedIn('7');
    const both = await world.start('api', { ...variables(), COOKIE_SECRET: `${other}|${SECRET}` });
    const alone = await world.start('api', { ...variables(), COOKIE_SECRET: other });
    const at = async (app: RunningApp, cookie: string | undefined) => {
      const who = visitor(app);
      who.setCookie(SESSION, cookie ?? '');
      return (await session(who)).user?.userId;
    };
    expect(await at(both, old.cookie(SESSION))).toBe('7');
    expect(await at(alone, old.cookie(SESSION))).toBeUndefined();
    expect(await at(alone, (await signedIn('8', both)).cookie(SESSION))).toBe('8');
  });

  it('opens nothing of the operators', async () => {
    const who = await signedIn('1');
    expectProblem(await who.ask('/v1/campaigns/drop/stats', { headers: OWN }), 401, 'invalid-token');
    who.setCookie('__Host-seonchak-console', who.cookie(SESSION) ?? '');
    expectProblem(await who.ask('/v1/campaigns/drop/stats', { headers: OWN }), 401, 'invalid-token');
    expect((await who.ask('/console/login')).status).toBe(404);
  });
});

describe('a login that fails', () => {
  it.each([
    'https://evil.test',
    '//evil.test',
    '/\\evil.test',
    '/\t/evil.test',
    '/%0a',
    'c/drop',
    'javascript:x',
  ])('leads to no other site: returnTo %j', async (returnTo) => {
    const answer = await visitor().ask(`/login?${new URLSearchParams({ returnTo }).toString()}`);
    if (returnTo === '/%0a') expect(answer.status).toBe(303);
    else expectProblem(answer, 400, 'invalid-request');
  });

  it('because it was refused at the provider says so, and leads back', async () => {
    const who = visitor();
    await who.ask('/login?returnTo=/c/drop');
    const state = new URL((await who.ask('/login?returnTo=/c/drop')).headers.location ?? '').searchParams.get(
      'state',
    );
    const query = new URLSearchParams({ error: 'access_denied', state: state ?? '', iss: provider.issuer });
    const answer = await who.ask(`/login/callback?${query.toString()}`, {
      headers: { 'Accept-Language': 'ko' },
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(answer.text).toContain('<html lang="ko">');
    expect(answer.text).toContain('href="/login?returnTo=%2Fc%2Fdrop"');
    expect(answer.text).not.toMatch(/<script|<style|style=/);
    expect((await session(who)).user).toBeNull();
  });

  it.each([
    ['a character that no row can hold', 'nobody\u0000'],
    ['more than a row can hold', 'nobody'.repeat(1_000)],
  ])('because the provider names a person by %s', async (_, account) => {
    const [odd, good] = await Promise.allSettled([signedIn(account), signedIn('beside|an-odd-one')]);
    expect(String(odd.status === 'rejected' && odd.reason)).toContain(' instead: 403');
    expect(good.status).toBe('fulfilled');
  });

  it('because another browser, or another attempt, brought it', async () => {
    const begun = visitor();
    const location = (await begun.ask('/login')).headers.location ?? '';
    const state = new URL(location).searchParams.get('state') ?? '';
    const query = (of: string) =>
      new URLSearchParams({ code: 'x', state: of, iss: provider.issuer }).toString();
    const stranger = await visitor().ask(`/login/callback?${query(state)}`);
    expect(stranger.status).toBe(400);
    expect((await begun.ask(`/login/callback?${query('other')}`)).status).toBe(400);
    // The attempt is used up, whatever came of it.
    expect((await begun.ask(`/login/callback?${query(state)}`)).status).toBe(400);
    expect((await session(begun)).user).toBeNull();
  });

  it('because the provider is away is answered 503, and works again when it is back', async () => {
    await provider.stop();
    const fresh = await world.start('api', variables());
    const answer = await visitor(fresh).ask('/login');
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const claims = new Client(fresh);
    expect((await claims.claim('drop', 4242)).status).toBe(200); // whoever has a token does not need it
    await provider.startAgain();
    expect((await session(await signedIn('12', fresh))).user.userId).toBe('12');
  });
});

it('without a provider there is no login, and no cookie is one of ours', async () => {
  const none = await world.start('api');
  const who = visitor(none);
  who.setCookie('seonchak-session', 'x');
  expect(await session(who)).toEqual({ user: null, loginUrl: null });
  expectProblem(await who.ask('/login'), 404, 'not-found');
  expectProblem(await who.ask('/login/callback?code=x'), 404, 'not-found');
  expectProblem(await who.ask(CLAIMS, { method: 'POST', headers: OWN }), 401, 'invalid-token');
});
