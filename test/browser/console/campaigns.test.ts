import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { openBrowser } from '../../support/browser.js';
import { Client } from '../../support/client.js';
import { CONSOLE_LOGIN, openConsole } from '../../support/console-page.js';
import { rush, users } from '../../support/rush.js';
import { screenshot } from '../../support/screenshots.js';
import { World } from '../../support/world.js';

const BUDGET = 200_000;

let world: World;
let client: Client;
let url: string;
let browser: Browser;

beforeAll(async () => {
  world = await World.create(CONSOLE_LOGIN);
  const all = await world.start('all');
  client = new Client(all);
  url = all.url.replace('[::1]', '127.0.0.1');
  browser = await openBrowser();
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  await browser.close();
  await world.close();
});

describe('the console', () => {
  it('is at most 200 kB of compressed script and style', async () => {
    const folder = join(__dirname, '../../../dist/web/console/assets');
    const files = (await readdir(folder)).filter((name) => /[.](js|css)$/.test(name));
    const bodies = await Promise.all(files.map((name) => readFile(join(folder, name))));
    const size = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(size).toBeGreaterThan(50_000);
    expect(size).toBeLessThan(BUDGET);
  });

  it('shows a link to the login, and no data, to whom it does not know', async () => {
    const { page, errors } = await openConsole(browser, url, '/campaigns/default?x=1', {
      scope: '',
    });
    const link = page.getByRole('link', { name: 'Sign in' });
    expect(await link.getAttribute('href')).toBe(
      '/console/login?returnTo=%2Fconsole%2Fcampaigns%2Fdefault%3Fx%3D1',
    );
    await expectAccessible(page);
    await screenshot(page, 'console-sign-in-en-1280');
    expect(errors).toEqual([]);
  });

  it('keeps nothing but the language in the storage of the browser', async () => {
    const { page } = await openConsole(browser, url, '/');
    await page.getByRole('button', { name: '한국어' }).click();
    await page.getByRole('heading', { name: '캠페인' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('ko');
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).toBe(
      '{"seonchak-console-language":"ko"}',
    );
    await page.reload();
    await page.getByRole('heading', { name: '캠페인' }).waitFor();
  });

  it('shows no button to who may only read', async () => {
    await client.createCampaign({ id: 'readers', capacity: 3 });
    await rush([client], 'readers', users(900, 1));
    const viewer = { scope: 'grants:read' };
    for (const path of ['/', '/attention', '/campaigns/readers', '/campaigns/readers/people/900']) {
      const { page } = await openConsole(browser, url, path, viewer);
      await page.getByRole('heading').first().waitFor();
      const buttons = await page.getByRole('main').getByRole('button').allTextContents();
      expect(buttons.filter((text) => text !== 'Find' && text !== 'Try again')).toEqual([]);
      expect(await page.getByRole('link', { name: 'New campaign' }).count()).toBe(0);
      await page.context().close();
    }
  });
});

describe('campaigns', () => {
  it('are created by a form that says what is wrong, in the words of the viewer', async () => {
    const { page, errors } = await openConsole(browser, url, '/', { language: 'ko' });
    await page.getByRole('link', { name: '새 캠페인' }).click();
    await page.getByRole('button', { name: '캠페인 만들기' }).click();
    await page.getByText('1부터 10,000,000까지의 정수.').waitFor();
    await expectAccessible(page);
    await screenshot(page, 'console-create-wrong-ko-1280');

    await page.getByLabel('이름').fill('10원 나눔');
    await page.getByLabel('ID').fill('ten-won');
    await page.getByLabel('지급 인원').fill('500');
    await page.getByLabel('1인당 금액').fill('10');
    await page.getByLabel('시작').fill('2031-03-01T10:00:00');
    await page.getByLabel('시간대').selectOption('UTC');
    await page.getByText('500명에게 ₩10씩 엄격한 선착순으로 지급합니다(합계 ₩5,000).').waitFor();
    await screenshot(page, 'console-create-ko-1280');
    await page.getByRole('button', { name: '캠페인 만들기' }).click();
    await page.getByText('준비되었습니다.').waitFor();
    const { body } = await client.operate('get', 'campaigns/ten-won/terms');
    expect(body).toMatchObject({
      ...{ name: '10원 나눔', capacity: 500, waitingCapacity: 50, amount: 10, currency: 'KRW' },
      opensAt: '2031-03-01T10:00:00.000Z',
    });
    expect(errors).toEqual([]);
  });

  it('of an id that exists with other terms are refused beside the button', async () => {
    await client.createCampaign({ id: 'taken', capacity: 3 });
    const { page } = await openConsole(browser, url, '/new');
    await page.getByLabel('Name').fill('Another');
    await page.getByLabel('Id', { exact: true }).fill('taken');
    await page.getByLabel('How many people').fill('5');
    await page.getByLabel('Amount for each').fill('10.50');
    await page.getByRole('button', { name: 'Create campaign' }).click();
    await page.getByText('A campaign of this id exists, with other terms.').waitFor();
  });

  it('are listed, searched, and deleted while nobody has claimed', async () => {
    await client.createCampaign({ id: 'summer', name: 'Summer <b>drop</b>', capacity: 3 });
    for (const language of ['en', 'ko'] as const)
      for (const [width, isDark] of [
        [360, false],
        [360, true],
        [1280, false],
        [1280, true],
      ] as const) {
        const { page } = await openConsole(browser, url, '/', { language, width, isDark });
        await page.getByText('Summer <b>drop</b>').waitFor();
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        await screenshot(page, `console-campaigns-${language}-${width}-${isDark ? 'dark' : 'light'}`);
        await page.context().close();
      }
    const { page } = await openConsole(browser, url, '/');
    await page.getByLabel('Search by name or id').fill('no such campaign');
    await page.getByText('No campaign matches.').waitFor();
    await page.getByLabel('Search by name or id').fill('summ');
    await page.getByRole('link', { name: 'Summer <b>drop</b>' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByLabel('Type summer to confirm').fill('summer');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    expect((await client.operate('get', 'campaigns/summer/terms')).status).toBe(404);
  });

  it('that do not exist are said not to', async () => {
    const { page } = await openConsole(browser, url, '/campaigns/nobody-made-this');
    await page.getByText('There is no such campaign.').waitFor();
    await expectAccessible(page);
  });

  it('have a name and times that can be changed, each with a reason', async () => {
    await client.createCampaign({ id: 'edited', capacity: 3, opensAt: '2031-01-01T00:00:00.250Z' });
    const { page } = await openConsole(browser, url, '/campaigns/edited/terms');
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Edited here');
    await dialog.getByLabel('Closes').fill('2031-01-02T09:00:00');
    await dialog.getByLabel('Reason').fill('as agreed with the shop');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('heading', { name: 'Edited here' }).waitFor();
    const { body } = await client.operate('get', 'campaigns/edited/terms');
    expect(body).toMatchObject({
      opensAt: '2031-01-01T00:00:00.250Z',
      closesAt: '2031-01-02T00:00:00.000Z',
    });
  });
});
