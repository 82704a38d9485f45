import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { openBrowser, openPage } from '../../support/browser.js';
import { Client } from '../../support/client.js';
import { EmbeddingSite } from '../../support/embedding-site.js';
import { forge, inSeconds } from '../../support/forged-tokens.js';
import { screenshot } from '../../support/screenshots.js';
import { tokenOf } from '../../support/tokens.js';
import { type RunningApp, World } from '../../support/world.js';

const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
};

let world: World;
let api: RunningApp;
let client: Client;
let site: EmbeddingSite;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  site = await EmbeddingSite.start();
  world = await World.create({ CORS_ORIGINS: site.origin });
  api = await world.start('all');
  site.serviceUrl = api.url;
  client = new Client(api);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  await browser.close();
  await world.close();
  await site.stop();
});

interface Visit {
  readonly page: Page;
  readonly errors: readonly string[];
  /** Claims that the page has sent, by the time at which it sent them (ms since 1970). */
  readonly claims: readonly number[];
  title(): Locator;
  button(): Locator;
}

/** A person opens the embedding page. @param token handed over by that page; null: nobody is signed in there */
async function visit(
  campaign: string,
  token: string | null,
  options: BrowserContextOptions & { readonly language?: 'ko' | 'en' } = {},
): Promise<Visit> {
  const { language = 'en', ...context } = options;
  const { page, errors } = await openPage(browser, { ...PHONE, ...context });
  const claims: number[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') claims.push(Date.now());
  });
  await page.goto(site.pageFor(campaign, language));
  if (token !== null)
    await page.evaluate(`document.querySelector('seonchak-claim').token = ${JSON.stringify(token)}`);
  return {
    page,
    errors,
    claims,
    title: () => page.locator('seonchak-claim .title'),
    button: () => page.locator('seonchak-claim .main'),
  };
}

async function expectTitle(visit: Visit, text: string | RegExp, timeoutMs = 15_000): Promise<void> {
  await visit.page.locator('seonchak-claim .title', { hasText: text }).waitFor({ timeout: timeoutMs });
}

async function expectWell({ page, errors }: Visit, name: string): Promise<void> {
  await screenshot(page, name);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect(errors).toEqual([]);
}

const open = (id: string, terms: object = {}): Promise<unknown> =>
  client.createCampaign({ id, name: 'Spring drop', capacity: 10, amount: 1_000, ...terms });

describe('a claim that gets a slot', () => {
  it('is asked once however often the button is pressed, and followed until it is paid', async () => {
    await open('paid');
    const visitor = await visit('paid', await tokenOf(1));
    await expectTitle(visitor, 'It is open');
    await expectWell(visitor, 'embed-open-en-360');
    await visitor.button().dblclick();
    await expectTitle(visitor, '₩1,000 paid');
    expect(visitor.claims).toHaveLength(1);
    await expectWell(visitor, 'embed-paid-en-360');
  });

  it('moves the focus to the answer', async () => {
    await open('focus');
    const visitor = await visit('focus', await tokenOf(1));
    await visitor.button().focus();
    await visitor.page.keyboard.press('Enter');
    await expectTitle(visitor, /You are in|paid/);
    const focused = await visitor.page.evaluate(
      `document.querySelector('seonchak-claim').shadowRoot.activeElement?.className`,
    );
    expect(focused).toBe('title');
  });

  it('is the same after a reload, and on another phone, without another request', async () => {
    await open('again');
    await client.claim('again', 7);
    const visitor = await visit('again', await tokenOf(7), { language: 'ko', colorScheme: 'dark' });
    await expectTitle(visitor, '1,000원 지급 완료');
    expect(visitor.claims).toEqual([]);
    await expectWell(visitor, 'embed-paid-ko-360-dark');
  });
});

describe('before opening', () => {
  it('three people wait; each asks once, after it has opened, and each gets a place of their own', async () => {
    await open('soon', { opensAt: new Date(Date.now() + 9_000).toISOString() });
    const visitors = await Promise.all([1, 2, 3].map(async (user) => visit('soon', await tokenOf(user))));
    await Promise.all(visitors.map((visitor) => expectTitle(visitor, 'Opens in')));
    const [first] = visitors;
    await first!.button().click({ force: true }); // it is there, but asleep
    expect(first!.claims).toEqual([]);
    await expectWell(first!, 'embed-before-en-360');
    await Promise.all(visitors.map((visitor) => expectTitle(visitor, 'It is open', 20_000)));
    await Promise.all(visitors.map((visitor) => visitor.button().click()));
    await Promise.all(visitors.map((visitor) => expectTitle(visitor, 'paid')));
    expect(visitors.map(({ claims }) => claims.length)).toEqual([1, 1, 1]);
    const rows = await world.rows<{ n: string }>(
      `SELECT count(DISTINCT arrival_no) AS n FROM user_grants WHERE campaign_id = 'soon'`,
    );
    expect(rows[0]?.n).toBe('3');
  });
});

describe('a claim that gets none', () => {
  it('is told that it is sold out, and when it asked', async () => {
    // With 'keep' it would be over as soon as the one place is paid.
    await open('sold', { capacity: 1, waitingCapacity: 0, reversalPolicy: 'regrant' });
    await client.claim('sold', 1);
    const visitor = await visit('sold', await tokenOf(2), { language: 'ko' });
    await visitor.button().click();
    await expectTitle(visitor, '모두 마감됐어요');
    expect(await visitor.button().count()).toBe(0);
    await expectWell(visitor, 'embed-sold-out-ko-360');
  });

  it('waits in the line, and is promoted and paid while the page is open', async () => {
    await open('line', { capacity: 1, waitingCapacity: 5 });
    await client.operate('patch', 'campaigns/line/payouts', { state: 'STOPPED', reason: 'a test' });
    await client.closeWallet(101);
    await client.claim('line', 101);
    const visitor = await visit('line', await tokenOf(102));
    await visitor.button().click();
    await expectTitle(visitor, 'You are in the waiting line');
    await expectWell(visitor, 'embed-waiting-en-360');
    await client.operate('patch', 'campaigns/line/payouts', { state: 'RUNNING', reason: 'a test' });
    await expectTitle(visitor, '₩1,000 paid', 40_000);
    expect(visitor.claims).toHaveLength(1);
  });

  it('leaves the line only when asked twice', async () => {
    await open('leave', { capacity: 1, waitingCapacity: 5 });
    await client.operate('patch', 'campaigns/leave/payouts', { state: 'STOPPED', reason: 'a test' });
    await client.claim('leave', 1);
    const visitor = await visit('leave', await tokenOf(2));
    await visitor.button().click();
    await expectTitle(visitor, 'You are in the waiting line');
    await visitor.page.getByRole('button', { name: 'Leave the line' }).click();
    await expectWell(visitor, 'embed-leaving-en-360');
    await visitor.page.getByRole('button', { name: 'Stay in line' }).click();
    expect((await client.status('leave', 2)).body.status).toBe('WAITING');
    await visitor.page.getByRole('button', { name: 'Leave the line' }).click();
    await visitor.page.getByRole('button', { name: 'Leave for good' }).click();
    await expectTitle(visitor, 'You left the line');
    expect((await client.status('leave', 2)).body.status).toBe('LEFT');
  });

  it('is told why the payment was rejected', async () => {
    await open('rejected');
    await client.closeWallet(201);
    const visitor = await visit('rejected', await tokenOf(201), { language: 'ko' });
    await visitor.button().click();
    await expectTitle(visitor, '지급되지 않았어요');
    await expectWell(visitor, 'embed-rejected-ko-360');
  });

  it.each([
    ['PAUSED', 'Paused'],
    ['CLOSED', 'Closed'],
  ])('is not offered while the campaign is %s', async (state, title) => {
    const id = state.toLowerCase();
    await open(id);
    await client.changeCampaign(id, { state, reason: 'a test' });
    const visitor = await visit(id, await tokenOf(1));
    await expectTitle(visitor, title);
    expect(await visitor.button().count()).toBe(0);
    await expectWell(visitor, `embed-${id}-en-360`);
  });

  it('is told that there is no such campaign', async () => {
    const visitor = await visit('nowhere', await tokenOf(1));
    await expectTitle(visitor, 'There is no such page');
  });
});

describe('on a bad connection', () => {
  it('asks when it is back: the press is not lost', async () => {
    await open('offline');
    const visitor = await visit('offline', await tokenOf(1));
    await expectTitle(visitor, 'It is open');
    await visitor.page.context().setOffline(true);
    await visitor.button().click();
    await expectTitle(visitor, 'You are offline');
    await expectWell(visitor, 'embed-offline-en-360');
    await visitor.page.context().setOffline(false);
    await expectTitle(visitor, 'paid');
  });

  it.each([
    [503, 'No answer yet'],
    [429, 'A lot of people are here'],
  ])('repeats a claim that was answered %i, once Retry-After has passed', async (status, title) => {
    const id = `busy-${status}`;
    await open(id);
    const visitor = await visit(id, await tokenOf(1));
    await expectTitle(visitor, 'It is open');
    await visitor.page.route(
      (url) => url.pathname.endsWith('/grants'),
      (route) =>
        route.fulfill({
          status,
          headers: {
            'Retry-After': '2',
            'Access-Control-Allow-Origin': site.origin,
            'Access-Control-Expose-Headers': 'Retry-After',
          },
        }),
      { times: 1 },
    );
    await visitor.button().click();
    await expectTitle(visitor, title);
    await expectWell(visitor, `embed-${status}-en-360`);
    await expectTitle(visitor, 'paid');
    expect(visitor.claims).toHaveLength(2);
    expect(visitor.claims[1]! - visitor.claims[0]!).toBeGreaterThanOrEqual(1_900);
  });

  it('gets a place although Redis loses everything', async () => {
    await open('emptied');
    await client.claim('emptied', 1);
    const visitor = await visit('emptied', await tokenOf(2));
    await expectTitle(visitor, 'It is open');
    await world.redis.flushdb();
    await visitor.button().click();
    await expectTitle(visitor, 'paid', 30_000);
  });
});

describe('the token', () => {
  it('is asked of the embedding page when there is none, and once more when it is refused', async () => {
    await open('renewed');
    const visitor = await visit('renewed', null);
    await expectTitle(visitor, 'You are not signed in');
    await expectWell(visitor, 'embed-signed-out-en-360');
    const old = forge({ sub: '5', exp: inSeconds(-60) });
    await visitor.page.evaluate(
      `{ const tokens = ${JSON.stringify([old, await tokenOf(5)])};
         document.querySelector('seonchak-claim').tokenSource = () => Promise.resolve(tokens.shift()); }`,
    );
    await expectTitle(visitor, 'It is open');
    await visitor.button().click();
    await expectTitle(visitor, 'paid');
  });

  it('is in no URL, no attribute and no storage', async () => {
    await open('hidden');
    const token = await tokenOf(6);
    const visitor = await visit('hidden', token);
    const urls: string[] = [];
    visitor.page.on('request', (request) => urls.push(request.url()));
    await visitor.button().click();
    await expectTitle(visitor, 'paid');
    const kept = await visitor.page.evaluate(
      'JSON.stringify([localStorage, sessionStorage, document.cookie, document.documentElement.outerHTML])',
    );
    expect(`${urls.join(' ')} ${String(kept)}`).not.toContain(token);
  });

  it('of a page that CORS_ORIGINS does not name does nothing', async () => {
    await open('foreign');
    const { page } = await openPage(browser, PHONE);
    await page.goto(site.pageFor('foreign', 'en').replace('127.0.0.1', 'localhost'));
    await page.evaluate(
      `document.querySelector('seonchak-claim').token = ${JSON.stringify(await tokenOf(8))}`,
    );
    await page.waitForTimeout(1_000);
    expect(await page.locator('seonchak-claim .main').count()).toBe(0);
    expect((await client.status('foreign', 8)).status).toBe(404);
  });
});
