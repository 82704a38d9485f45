import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { openBrowser, openPage } from '../../support/browser.js';
import { Client } from '../../support/client.js';
import { eventually } from '../../support/eventually.js';
import { screenshot } from '../../support/screenshots.js';
import { type RunningApp, World } from '../../support/world.js';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

let world: World;
let api: RunningApp;
let client: Client;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  world = await World.create({
    NODE_ENV: 'development',
    DEV_LOGIN: 'true',
    COOKIE_SECRET: 'a secret for tests alone, long enough to seal a session',
    FINISH_AFTER_MS: '0',
  });
  api = await world.start('all');
  client = new Client(api);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  await browser.close();
  await world.close();
});

async function visit(path: string): Promise<Page & { readonly errors: readonly string[] }> {
  const { page, errors } = await openPage(browser, PHONE);
  await page.goto(`${api.url}${path}`);
  return Object.assign(page, { errors });
}

/** From the claim page, by its one button, through the login, and back. */
async function signIn(page: Page, userId: number): Promise<void> {
  await page.locator('.claim a.main').click();
  await page.locator('input[name=userId]').fill(String(userId));
  await page.getByRole('button').click();
  await page.locator('.claim .who').waitFor();
}

const title = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator('.claim .title', { hasText: text }).waitFor({ timeout: 15_000 });

async function expectWell(page: Page & { readonly errors: readonly string[] }, name: string): Promise<void> {
  await screenshot(page, name);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect(page.errors).toEqual([]);
}

const cookies = (context: BrowserContext): Promise<readonly { name: string; httpOnly: boolean }[]> =>
  context.cookies(api.url);

describe('a person with a session', () => {
  it('signs in before the opening, claims once it is open, is paid, and signs out', async () => {
    const opensAt = new Date(Date.now() + 15_000).toISOString();
    await client.createCampaign({ id: 'whole', name: '봄맞이 선착순', capacity: 500, opensAt });
    const page = await visit('/c/whole/ko');
    await title(page, '시작까지');
    await expectWell(page, 'page-sign-in-before-ko-360');
    await signIn(page, 42);
    expect(new URL(page.url()).pathname).toBe('/c/whole/ko');
    await title(page, '시작까지');
    await expectWell(page, 'page-ready-before-ko-360');
    await title(page, '지금 열렸어요');
    await expectWell(page, 'page-open-ko-360');
    await page.locator('.claim .main').click();
    await title(page, '10원 지급 완료');
    await expectWell(page, 'page-paid-ko-360');
    expect(await page.locator('.receipt').isVisible()).toBe(false); // there is no log here
    await page.getByRole('button', { name: '로그아웃' }).click();
    await title(page, '지금 열렸어요');
    expect(await page.locator('.claim .who').isVisible()).toBe(false);
  });

  it('sees the same claim on another phone', async () => {
    await client.createCampaign({ id: 'phones', name: 'Two phones', capacity: 5 });
    const first = await visit('/c/phones/en');
    await signIn(first, 7);
    await first.locator('.claim .main').click();
    await title(first, '₩10 paid');
    const second = await visit('/c/phones/ko');
    await signIn(second, 7);
    await title(second, '10원 지급 완료');
  });

  it.each([
    ['ko', '명단에 있는 분', '명단에 없어요'],
    ['en', 'people on the organiser’s list', 'You are not on the list'],
  ])('is told before and after asking that the campaign has a list (%s)', async (language, who, refused) => {
    const id = `listed-${language}`;
    const opensAt = '2199-01-01T00:00:00Z';
    await client.createCampaign({ id, name: '직원 행사', capacity: 5, eligibility: 'list', opensAt });
    await client.addEligible(id, [8]);
    await client.changeCampaign(id, { opensAt: null });
    const page = await visit(`/c/${id}/${language}`);
    expect(await page.locator('.terms').textContent()).toContain(who);
    await signIn(page, 9);
    await page.locator('.claim .main').click();
    await title(page, refused);
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe(refused);
    expect(await page.locator('.claim .main').isVisible()).toBe(false);
    await expectWell(page, `page-not-on-the-list-${language}-360`);
  });

  it('who came too late may ask again, until it is over, and gets a place that has become free', async () => {
    const payouts = (state: string): Promise<unknown> =>
      client.operate('patch', 'campaigns/late/payouts', { state, reason: 'a test of late comers' });
    await client.createCampaign({ id: 'late', name: 'Late', capacity: 1, waitingCapacity: 0 });
    await payouts('STOPPED');
    await client.closeWallet(21);
    await client.claim('late', 21);
    const page = await visit('/c/late/en');
    await signIn(page, 22);
    await page.locator('.claim .main').click();
    await title(page, 'Sold out');
    await expectWell(page, 'page-sold-out-en-360');
    const other = await visit('/c/late/en');
    await signIn(other, 23);
    await title(other, 'It is open');
    await payouts('RUNNING');
    await eventually(async () => expect((await client.status('late', 21)).body.status).toBe('FAILED'));
    await page.getByRole('button', { name: 'Ask again' }).click();
    await title(page, '₩10 paid');
    await eventually(async () =>
      expect((await client.operate('get', 'campaigns/late/terms')).body.finishedAt).not.toBeNull(),
    );
    await other.locator('.claim .main').click();
    await title(other, 'Closed');
    expect(await other.getByRole('button', { name: 'Ask again' }).count()).toBe(0);
  });

  it.each([
    ['ko', '종료됐어요', '지금 열렸어요'],
    ['en', 'Closed', 'It is open'],
  ])(
    'is told that it is over once everybody is paid, though nobody closed it (%s)',
    async (language, over, open) => {
      const id = `over-${language}`;
      await client.createCampaign({ id, name: '봄맞이 선착순', capacity: 1, waitingCapacity: 0 });
      await client.claim(id, 31);
      await eventually(async () => {
        const { body } = await client.operate('get', `campaigns/${id}/terms`);
        expect(body).toMatchObject({ state: 'OPEN', finishedAt: expect.any(String) });
      });
      await eventually(async () => expect((await api.http.get(`/c/${id}/${language}`)).text).toContain(over));
      const page = await visit(`/c/${id}/${language}`);
      await title(page, over);
      await signIn(page, 32);
      await title(page, over);
      expect(await page.getByText(open).count()).toBe(0);
      expect(await page.locator('.claim .main').isVisible()).toBe(false);
      await expectWell(page, `page-over-${language}-360`);
      await page.setViewportSize({ width: 1280, height: 800 });
      await screenshot(page, `page-over-${language}-1280`);
    },
  );

  it('has no secret that a script could read, and none in a URL', async () => {
    await client.createCampaign({ id: 'secrets', name: 'Secrets', capacity: 5 });
    const page = await visit('/c/secrets/en');
    await signIn(page, 9);
    const readable = await page.evaluate<string>(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    );
    expect(readable).toBe('["",{},{}]');
    for (const { httpOnly } of await cookies(page.context())) expect(httpOnly).toBe(true);
    expect(page.url()).toBe(`${api.url}/c/secrets/en`);
  });

  it('is asked to sign in again when the session has ended meanwhile', async () => {
    await client.createCampaign({ id: 'expired', name: 'Expired', capacity: 5 });
    const page = await visit('/c/expired/en');
    await signIn(page, 11);
    await title(page, 'It is open');
    await page.context().clearCookies();
    await page.locator('.claim .main').click();
    await title(page, 'You are signed out');
    await expectWell(page, 'page-signed-out-en-360');
    expect((await client.status('expired', 11)).status).toBe(404);
  });

  it('counts down by the clock of the service', async () => {
    const opensAt = new Date(Date.now() + 3_000_000).toISOString();
    await client.createCampaign({ id: 'clock', name: 'Clock', capacity: 5, opensAt });
    const { page } = await openPage(browser, PHONE);
    // This phone is half an hour late.
    await page.addInitScript('{ const now = Date.now; Date.now = () => now() - 1_800_000; }');
    await page.goto(`${api.url}/c/clock/en`);
    await page.getByRole('timer').waitFor();
    const [minutes] = await page.getByRole('timer').locator('.number').allTextContents();
    expect(['49', '50']).toContain(minutes);
  });
});
