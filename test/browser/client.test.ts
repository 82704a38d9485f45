import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage } from '../support/browser.js';
import { Client } from '../support/client.js';
import { tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

/** A site of somebody else's that serves the built package with its own pages. */
let site: Server;
let origin: string;
let world: World;
let api: RunningApp;
let browser: Browser;

beforeAll(async () => {
  site = createServer(({ url = '/' }, response) => {
    const [, file] = /^\/client\/([\w-]+\.js)$/.exec(url) ?? [];
    if (file === undefined)
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A shop</title>');
    else response.setHeader('Content-Type', 'text/javascript').end(readFileSync(`dist/client/${file}`));
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  browser = await openBrowser();
  world = await World.create({ CORS_ORIGINS: origin });
  api = await world.start('all');
  await new Client(api).createCampaign({ id: 'drop', capacity: 1 });
});

afterAll(async () => {
  await browser.close();
  await world.close();
  site.closeAllConnections();
  site.close();
});

/** What a module says that runs in a page of the site. */
async function run(program: string): Promise<unknown> {
  const { page, errors } = await openPage(browser);
  await page.goto(origin);
  const said = await page.evaluate(
    `(async () => { const { SeonchakClient, ProblemError } = await import('/client/seonchak-client.js'); ${program} })()`,
  );
  expect(errors).toEqual([]);
  await page.context().close();
  return said;
}

it('claims, follows and reads refusals in a page of another origin', async () => {
  const clientOf = async (user: number): Promise<string> =>
    `const client = new SeonchakClient({ baseUrl: '${api.url}', token: () => '${await tokenOf(user)}' });`;
  const paid = await run(`${await clientOf(1)}
    const first = await client.claim('drop');
    let last;
    for await (const claim of client.follow('drop')) last = claim;
    return [first.arrivalNo, last.status, last.final];`);
  expect(paid).toEqual([1, 'SUCCESS', true]);
  const refused = await run(`${await clientOf(2)}
    return client.claim('drop').catch((error) => [error instanceof ProblemError, error.code, error.requestId !== null]);`);
  expect(refused).toEqual([true, 'sold-out', true]);
});
