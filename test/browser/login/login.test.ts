import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../../support/browser.js';
import { Client } from '../../support/client.js';
import { KeyServers } from '../../support/key-server.js';
import { OpenIdServer } from '../../support/openid-server.js';
import { type RunningApp, World } from '../../support/world.js';

const COOKIE_SECRET = 'a secret that seals the cookies of tests alone';
const CLAIM = '/v1/campaigns/drop/grants';

let world: World;
let browser: Browser;
const servers = new KeyServers();

beforeAll(async () => {
  world = await World.create();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  servers.end();
  await world.close();
});

/** What a script of the page is answered. */
const asked = (page: Page, address: string, method = 'GET') =>
  page.evaluate(
    async ([url, verb]) => {
      const answer = await fetch(url ?? '', {
        method: verb ?? 'GET',
        credentials: 'include',
        mode: 'cors',
      }).catch(String);
      return typeof answer === 'string' ? answer : { status: answer.status, body: await answer.text() };
    },
    [address, method],
  );

describe('the development login, in a browser', () => {
  let api: RunningApp;

  beforeAll(async () => {
    api = await world.start('api', { DEV_LOGIN: 'true', COOKIE_SECRET });
    await new Client(api).createCampaign({ id: 'drop', capacity: 5 });
  });

  it('signs a claimant in by the keyboard, and the page claims without a token', async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(`${api.url}/login?returnTo=/v1/campaigns/drop`);
    await page.getByLabel('User id').fill('77');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${api.url}/v1/campaigns/drop`);
    expect(await asked(page, '/v1/session')).toMatchObject({
      body: expect.stringContaining('"userId":"77"'),
    });
    expect(await asked(page, CLAIM, 'POST')).toMatchObject({ status: 202 });
    expect(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length])).toEqual([
      '',
      0,
      0,
    ]);
    expect(await asked(page, '/v1/admin-acts')).toMatchObject({ status: 401 });
    expect(await asked(page, '/logout', 'POST')).toMatchObject({ status: 204 });
    expect(await asked(page, `${CLAIM}/me`)).toMatchObject({ status: 401 });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('R31: does not let the page of another port use it, which is the same site for cookies', async () => {
    const stranger = await servers.serve((_, response) => {
      const form = `<form method="post" action="${api.url}${CLAIM}"><button>Win a prize</button></form>`;
      response
        .setHeader('Content-Type', 'text/html')
        .end(`<!doctype html><title>Another site</title>${form}`);
    });
    const { page } = await openPage(browser);
    await page.goto(`${api.url}/login?returnTo=/v1/campaigns/drop`);
    await page.getByLabel('User id').fill('78');
    await page.getByRole('button').click();
    await page.waitForURL(`${api.url}/v1/campaigns/drop`);
    await page.goto(stranger.url);
    // The browser sends the cookie along: without it, the answer were 401.
    const answered = page.waitForResponse(api.url + CLAIM);
    await page.getByRole('button').click();
    expect((await answered).status()).toBe(403);
    expect(await page.textContent('body')).toContain('"code":"cross-site"');
    expect((await new Client(api).status('drop', 78)).status).toBe(404);
    await page.goto(`${api.url}/v1/campaigns/drop`);
    expect(await asked(page, CLAIM, 'POST')).toMatchObject({ status: 202 });
    await page.context().close();
  });
});

describe('a real OpenID provider, in a browser', () => {
  let provider: OpenIdServer;
  let url: string;
  let app: RunningApp;
  let front: Server;

  beforeAll(async () => {
    // The origin must be known before the service listens, on a port of its own choice: this one leads there.
    front = createServer((client) => {
      const service = connect(Number(new URL(app.url).port), '127.0.0.1');
      pipeline(client, service, client, () => undefined);
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
    url = `http://localhost:${(front.address() as AddressInfo).port}`;
    provider = await OpenIdServer.start({
      clients: [{ id: 'console', secret: 'the secret of the console client' }],
      accounts: { otto: { name: 'Otto', groups: ['ops'] } },
      redirectUris: [`${url}/console/login/callback`],
    });
    app = await world.start('api', {
      PUBLIC_ORIGIN: url,
      COOKIE_SECRET,
      CONSOLE_OIDC_ISSUER: provider.issuer,
      CONSOLE_OIDC_CLIENT_ID: 'console',
      CONSOLE_OIDC_CLIENT_SECRET: 'the secret of the console client',
      CONSOLE_OIDC_SCOPE_CLAIM: 'groups',
      CONSOLE_OIDC_SCOPE_MAP: 'ops=grants:read',
    });
  });

  afterAll(async () => {
    front.close();
    await provider.stop();
  });

  it('signs an operator in on another site, whose cookie is sent by the page though it is strict', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${url}/console/login?returnTo=/v1/operator-session`);
    await page.locator('input[name=login]').fill('otto');
    await page.locator('input[name=password]').fill('any');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/v1/operator-session`);
    expect(await asked(page, '/v1/operator-session')).toMatchObject({
      body: expect.stringContaining('"name":"Otto"'),
    });
    expect(await asked(page, '/v1/admin-acts')).toMatchObject({ status: 200 });
    await page.context().close();
  });
});
