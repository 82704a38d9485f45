import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { OpenIdServer } from '../support/openid-server.js';
import { expectProblem } from '../support/problem.js';
import { Visitor } from '../support/visitor.js';
import { type RunningApp, World } from '../support/world.js';

const SITE = 'https://give.test';
const OWN = { 'Sec-Fetch-Site': 'same-origin' };
const JSON_BODY = { ...OWN, 'Content-Type': 'application/json' };
const COOKIE = '__Host-seonchak-console';
const STATS = '/v1/campaigns/drop/stats';

let provider: OpenIdServer;
let world: World;
let api: RunningApp;

const variables = () => ({
  PUBLIC_ORIGIN: SITE,
  COOKIE_SECRET: 'a secret that seals the cookies of tests alone',
  CONSOLE_OIDC_ISSUER: provider.issuer,
  CONSOLE_OIDC_CLIENT_ID: 'console',
  CONSOLE_OIDC_CLIENT_SECRET: 'the secret of the console client',
  CONSOLE_OIDC_SCOPE_CLAIM: 'groups',
  CONSOLE_OIDC_SCOPE_MAP: 'viewers=grants:read,cn=ops=grants:read+grants:campaigns',
});

beforeAll(async () => {
  provider = await OpenIdServer.start({
    clients: [{ id: 'console', secret: 'the secret of the console client' }],
    accounts: {
      viewer: { name: 'Vera', groups: ['viewers', 'everybody'] },
      ops: { name: 'Otto', groups: ['cn=ops', 'viewers'] },
      nobody: { groups: ['grants:admin', 'admins'] },
    },
    redirectUris: [`${SITE}/console/login/callback`],
  });
  world = await World.create();
  api = await world.start('api', variables());
  await new Client(api).createCampaign({ id: 'drop', capacity: 5 });
});

afterAll(async () => {
  await world.close();
  await provider.stop();
});

const visitor = (app = api) => new Visitor(SITE, app.url);
const session = async (who: Visitor) => JSON.parse((await who.ask('/v1/operator-session')).text);

async function signedIn(account: string, app = api): Promise<Visitor> {
  const who = visitor(app);
  await who.signIn('/console/login', '/console/campaigns/drop', account);
  return who;
}

/** Renames a campaign: something that an operator may do and that is recorded. */
const rename = (who: Visitor, headers: Readonly<Record<string, string>>, name = 'A new name') =>
  who.ask('/v1/campaigns/drop', { method: 'PATCH', headers, body: JSON.stringify({ name }) });

describe('an operator signs in at the provider of the console', () => {
  it('and may do what the provider’s claim is mapped to', async () => {
    const who = visitor();
    expect(await session(who)).toEqual({ operator: null, loginUrl: '/console/login' });
    await who.signIn('/console/login', '/console/campaigns/drop', 'ops');
    const kept = who.received.find((line) => line.startsWith(`${COOKIE}=`));
    expect(kept).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    expect(await session(who)).toEqual({
      operator: {
        id: `ops (${provider.issuer})`,
        name: 'Otto',
        scopes: ['grants:read', 'grants:campaigns'],
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
      loginUrl: '/console/login',
    });
    expect((await who.ask(STATS)).status).toBe(200);
    expect((await rename(who, JSON_BODY)).status).toBe(200);
    const acts = JSON.parse((await who.ask('/v1/admin-acts')).text);
    expect(acts.items[0]).toMatchObject({ act: 'campaign-changed', actor: `ops (${provider.issuer})` });
    const stop = { method: 'PATCH', headers: JSON_BODY, body: '{"state":"STOPPED","reason":"to see"}' };
    const refused = await who.ask('/v1/payouts', stop);
    expectProblem(refused, 403, 'forbidden');
  });

  it('and may do nothing else', async () => {
    const viewer = await signedIn('viewer');
    expect((await viewer.ask(STATS)).status).toBe(200);
    expectProblem(await rename(viewer, JSON_BODY), 403, 'forbidden');
    const nobody = await signedIn('nobody');
    expect((await session(nobody)).operator).toMatchObject({ name: null, scopes: [] });
    expectProblem(await nobody.ask(STATS), 403, 'forbidden');
    const unmapped = await world.start('api', {
      ...variables(),
      ...{ CONSOLE_OIDC_SCOPE_CLAIM: '', CONSOLE_OIDC_SCOPE_MAP: '' },
    });
    expect((await session(await signedIn('ops', unmapped))).operator.scopes).toEqual([]);
  });

  it('and is one person with a token of the same issuer', async () => {
    const same = await world.start('api', { ...variables(), JWT_ISSUER: provider.issuer });
    expect((await session(await signedIn('ops', same))).operator.id).toBe('ops');
  });

  it('and signs out, for every copy of the cookie', async () => {
    const who = await signedIn('viewer');
    const copy = visitor();
    copy.setCookie(COOKIE, who.cookie(COOKIE) ?? '');
    expect((await copy.ask(STATS)).status).toBe(200);
    expectProblem(await who.ask('/console/logout', { method: 'POST' }), 403, 'cross-site');
    expect((await copy.ask(STATS)).status).toBe(200);
    expect((await who.ask('/console/logout', { method: 'POST', headers: OWN })).status).toBe(204);
    expect(who.cookie(COOKIE)).toBeUndefined();
    expectProblem(await copy.ask(STATS), 401, 'invalid-token');
    expect((await session(copy)).operator).toBeNull();
  });
});

describe('R31: the console’s cookie', () => {
  it.each<Readonly<Record<string, string>>>([
    {},
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.give.test' },
    { Origin: 'https://evil.test' },
    { Origin: 'null' },
  ])('changes nothing from another site: %j', async (headers) => {
    const who = await signedIn('ops');
    const json = { 'Content-Type': 'application/json' };
    expectProblem(await rename(who, { ...json, ...headers }, 'From elsewhere'), 403, 'cross-site');
    expect((await rename(who, { ...json, Origin: SITE })).status).toBe(200);
  });

  it('opens nothing of a claimant', async () => {
    const who = await signedIn('ops');
    const claim = { method: 'POST', headers: OWN };
    expectProblem(await who.ask('/v1/campaigns/drop/grants', claim), 401, 'invalid-token');
    who.setCookie('__Host-seonchak-session', who.cookie(COOKIE) ?? '');
    expectProblem(await who.ask('/v1/campaigns/drop/grants', claim), 401, 'invalid-token');
  });

  it('is stored as a hash only, and no other value opens a session', async () => {
    const who = await signedIn('ops');
    const token = who.cookie(COOKIE) ?? '';
    expect(token).toMatch(/^[\w-]{43}$/);
    const stored = await world.rows<{ row: string }>(
      `SELECT operator_sessions::text AS row FROM operator_sessions`,
    );
    for (const { row } of stored) expect(row).not.toContain(token);
    for (const bad of [`${token}x`, token.slice(1), '', 'x']) {
      const thief = visitor();
      thief.setCookie(COOKIE, bad);
      expectProblem(await thief.ask(STATS), 401, 'invalid-token');
    }
  });
});

describe('a session of an operator', () => {
  it('ends when nothing is done for CONSOLE_IDLE_MS; asking who is signed in does not prolong it', async () => {
    const quick = await world.start('api', { ...variables(), CONSOLE_IDLE_MS: '1500' });
    const who = await signedIn('viewer', quick);
    for (let i = 0; i < 5; i++) {
      await sleep(500);
      expect((await who.ask(STATS)).status).toBe(200);
    }
    await eventually(async () => expect((await session(who)).operator).toBeNull());
    expectProblem(await who.ask(STATS), 401, 'invalid-token');
  });

  it('ends after CONSOLE_SESSION_MS whatever is done, and its row goes with a later login', async () => {
    const quick = await world.start('api', { ...variables(), CONSOLE_SESSION_MS: '1200' });
    const who = await signedIn('viewer', quick);
    await eventually(async () => expectProblem(await who.ask(STATS), 401, 'invalid-token'));
    const rows = () => world.rows(`SELECT 1 FROM operator_sessions WHERE ends_at < now()`);
    expect((await rows()).length).toBe(1);
    await signedIn('viewer');
    expect((await rows()).length).toBe(0);
  });

  it('is answered 503 while Postgres does not answer, and is good again afterwards', async () => {
    const hurried = await world.start('api', { ...variables(), REQUEST_DEADLINE_MS: '300' });
    const who = await signedIn('viewer', hurried);
    const held = await world.pg.connect();
    try {
      await held.query('BEGIN');
      await held.query('LOCK TABLE operator_sessions IN ACCESS EXCLUSIVE MODE');
      for (const path of [STATS, '/v1/operator-session'])
        expectProblem(await who.ask(path), 503, 'unavailable');
    } finally {
      await held.query('ROLLBACK');
      held.release();
    }
    await eventually(async () => expect((await who.ask(STATS)).status).toBe(200));
  });
});
