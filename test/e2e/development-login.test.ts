import { Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { ServiceProcess } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';
import { type RunningApp, World } from '../support/world.js';

const OWN = { 'Sec-Fetch-Site': 'same-origin' };
const DEV = { DEV_LOGIN: 'true', COOKIE_SECRET: 'a secret that seals the cookies of tests alone' };

let world: World;
let api: RunningApp;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api', DEV);
  await new Client(api).createCampaign({ id: 'drop', capacity: 5 });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
});

const visitor = (app = api) => new Visitor(app.url, app.url);

/** Fills in the form that a login shows. @returns where it leads */
async function chooses(who: Visitor, path: string, choice: readonly (readonly [string, string])[]) {
  const { text, status } = await who.ask(`${path}?returnTo=/c/drop`);
  expect(status).toBe(200);
  const action = /<form method="get" action="([^"]+)"/.exec(text)?.[1] ?? '';
  const state = /name="state" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const query = new URLSearchParams([['state', state], ...choice.map(([a, b]) => [a, b])]);
  return who.ask(`${action}?${query.toString()}`);
}

describe('the development login', () => {
  it('shows a form without script in which one chooses who to be', async () => {
    const who = visitor();
    const form = await who.ask('/login?returnTo=/c/drop');
    expect(form.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(form.headers['cache-control']).toBe('no-store');
    expect(form.headers['content-security-policy']).toContain("form-action 'self'");
    expect(form.text).not.toMatch(/<script|<style|style=|https?:/);
    const back = await chooses(who, '/login', [
      ['userId', '42'],
      ['name', '<b>'],
    ]);
    expect([back.status, back.headers.location]).toEqual([303, '/c/drop']);
    // Without TLS there is no prefix, which browsers would refuse.
    expect(who.received.join('\n')).toMatch(
      /^seonchak-session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age/m,
    );
    expect(JSON.parse((await who.ask('/v1/session')).text).user).toMatchObject({ userId: '42', name: '<b>' });
    const claimed = await who.ask('/v1/campaigns/drop/grants', {
      method: 'POST',
      headers: { Origin: api.url },
    });
    expect([claimed.status, JSON.parse(claimed.text).userId]).toEqual([202, '42']);
  });

  it.each([
    ['/login', '사용자로 로그인'],
    ['/console/login', '운영자로 로그인'],
  ])('at %s speaks the language of the browser', async (path, title) => {
    const { text } = await visitor().ask(path, { headers: { 'Accept-Language': 'ko-KR,ko;q=0.9,en;q=0.8' } });
    expect(text).toContain('<html lang="ko">');
    expect(text).toContain(`<h1>${title}</h1>`);
  });

  it('lets an operator choose scopes, and nothing that is none', async () => {
    const who = visitor();
    await chooses(who, '/console/login', [
      ['operator', 'me'],
      ['scope', 'grants:read'],
      ['scope', 'grants:everything'],
    ]);
    const { operator } = JSON.parse((await who.ask('/v1/operator-session')).text);
    expect(operator).toMatchObject({ id: 'me (development)', name: 'me', scopes: ['grants:read'] });
    expect((await who.ask('/v1/campaigns/drop/stats')).status).toBe(200);
    const create = { method: 'POST', headers: { ...OWN, 'Content-Type': 'application/json' }, body: '{}' };
    expectProblem(await who.ask('/v1/campaigns', create), 403, 'forbidden');
  });

  it.each(['0', '-1', 'me', '', '9223372036854775808'])('takes no user id %j', async (userId) => {
    const who = visitor();
    expect((await chooses(who, '/login', [['userId', userId]])).status).toBe(400);
    expect(JSON.parse((await who.ask('/v1/session')).text).user).toBeNull();
  });

  it('takes no answer to a form that it has not shown to this browser', async () => {
    expect((await visitor().ask('/login/callback?state=x&userId=42')).status).toBe(400);
    const who = visitor();
    await who.ask('/login');
    expect((await who.ask('/login/callback?state=x&userId=42')).status).toBe(400);
  });

  it('is not for a site that has pointed its own name here', async () => {
    const headers = { Host: 'evil.test:3000' };
    expect((await visitor().ask('/login', { headers })).status).toBe(400);
    const who = visitor();
    await chooses(who, '/login', [['userId', '43']]);
    const rebound = { method: 'POST', headers: { ...headers, Origin: 'http://evil.test:3000' } };
    expectProblem(await who.ask('/v1/campaigns/drop/grants', rebound), 403, 'cross-site');
  });
});

describe('the service refuses to start', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['in production', { NODE_ENV: 'production', JWT_ISSUER: 'x', JWT_AUDIENCE: 'y' }],
    ['on an address that others reach', { HOST: '0.0.0.0' }],
  ])('with the development login %s', async (_, variables) => {
    const service = ServiceProcess.spawn({ ...world.variables, ...DEV, ...variables, PORT: '1' });
    expect((await service.ended).code).toBe(1);
    expect(service.stderr).toMatch(/^DEV_LOGIN must not be true/);
  });
});
