import type { Browser, Page } from 'playwright-core';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { openBrowser } from '../../support/browser.js';
import { Client } from '../../support/client.js';
import { CONSOLE_LOGIN, openConsole } from '../../support/console-page.js';
import { eventually } from '../../support/eventually.js';
import { screenshot } from '../../support/screenshots.js';
import { World } from '../../support/world.js';

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
  await client.createCampaign({ id: 'drop', name: 'Spring drop', capacity: 3, waitingCapacity: 2 });
  await client.closeWallet(12);
  for (const user of [11, 12, 13, 14, 15, 16, 17]) await client.claim('drop', user);
  await eventually(async () =>
    expect((await client.stats('drop')).body.postgres).toMatchObject({ success: 3, failed: 1, pending: 0 }),
  );
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  await browser.close();
  await world.close();
});

async function find(page: Page, by: string, number: string): Promise<void> {
  await page.getByLabel('By').selectOption({ label: by });
  await page.getByLabel('Number').fill(number);
  await page.getByRole('button', { name: 'Find' }).click();
}

describe('a person', () => {
  it('is found by user id and by arrival number, and their story is told', async () => {
    const { page, errors } = await openConsole(browser, url, '/campaigns/drop/people');
    await page.getByRole('link', { name: '13', exact: true }).waitFor();
    await expectAccessible(page);
    await screenshot(page, 'console-people-en-1280');

    await find(page, 'Arrival no.', '2');
    await page.getByRole('heading', { name: 'User 12 ' }).waitFor();
    await page.getByText('Got no money, because the wallet is closed.').waitFor();
    await page.getByText('What happened').waitFor();
    await page.locator('.event').first().waitFor();
    await expectAccessible(page);

    await page.getByLabel('Parts of the campaign').getByText('People').click();
    await find(page, 'User id', '11');
    await page.getByText(/^Has slot 1 and was paid at/).waitFor();
    await find_again(page);
    expect(errors).toEqual([]);
  });

  it('who has no place gets an explanation: who was the last to get one, and when', async () => {
    const { page } = await openConsole(browser, url, '/campaigns/drop/people/999', {
      language: 'en',
    });
    await page.getByText('User 999 has no place in this campaign.').waitFor();
    await page.getByText(/The last person with a place is number \d/).waitFor();
    await expectAccessible(page);
    await screenshot(page, 'console-person-none-en-1280');
  });

  it('reads well in both languages, on a phone and a desk, light and dark', async () => {
    for (const language of ['en', 'ko'] as const)
      for (const [width, isDark] of [
        [360, false],
        [360, true],
        [1280, false],
        [1280, true],
      ] as const) {
        const path = '/campaigns/drop/people/12';
        const { page } = await openConsole(browser, url, path, { language, width, isDark });
        await page.locator('.event').first().waitFor();
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        await screenshot(page, `console-person-${language}-${width}-${isDark ? 'dark' : 'light'}`);
        await page.context().close();
      }
  });

  it('may be kept from payouts by closing the wallet, with a reason that the trail keeps', async () => {
    const { page } = await openConsole(browser, url, '/campaigns/drop/people/11');
    await page.getByRole('button', { name: 'Close wallet' }).click();
    await page.getByLabel('Reason').fill('asked for by the holder');
    await page.getByRole('dialog').getByRole('button', { name: 'Close wallet' }).click();
    await page.getByRole('button', { name: 'Open wallet' }).waitFor();
    expect((await client.operate('get', 'wallets/KRW/11')).body.state).toBe('CLOSED');
    await page.getByRole('link', { name: 'Trail' }).first().click();
    await page.getByText('asked for by the holder').waitFor();
  });
});

/** Somebody whose number nobody has. */
async function find_again(page: Page): Promise<void> {
  await page.getByLabel('Parts of the campaign').getByText('People').click();
  await find(page, 'Arrival no.', '70');
  await page.getByText('Nobody has this number in this campaign.').waitFor();
  await find(page, 'User id', 'abc');
  await page.getByText('This must be a whole number from 1.').waitFor();
}
