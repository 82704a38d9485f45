import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import type { Client } from '../../support/client.js';
import { openConsole } from '../../support/console-page.js';
import { ConsoleStage } from '../../support/console-stage.js';
import { eventually } from '../../support/eventually.js';
import { MovableHost } from '../../support/movable-host.js';
import { rush, users } from '../../support/rush.js';
import { screenshot } from '../../support/screenshots.js';

let stage: ConsoleStage;
let client: Client;

beforeAll(async () => {
  stage = await ConsoleStage.start();
  ({ client } = stage);
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

describe('the screen "Now"', () => {
  it('follows a rush to its end, and its figures are those of Postgres', async () => {
    await client.createCampaign({ id: 'rush', name: 'Spring drop', capacity: 60, waitingCapacity: 10 });
    for (const user of [3, 5, 7]) await client.closeWallet(user);
    const { page, errors } = await stage.open('/campaigns/rush');
    await page.getByText('Going well. Nothing waits for you.').waitFor();
    expect(await page.getByTestId('available').textContent()).toBe('60');

    await rush([client], 'rush', users(1, 90));
    await eventually(async () => {
      const { body } = await client.stats('rush');
      expect(body.postgres).toMatchObject({ success: 60, pending: 0 });
    });
    await eventually(async () => {
      const { body } = await client.stats('rush');
      expect(await page.getByTestId('settled').textContent()).toBe('60');
      expect(await page.getByTestId('processing').textContent()).toBe('0');
      expect(await page.getByTestId('available').textContent()).toBe('0');
      expect(await page.getByTestId('waiting').textContent()).toContain(`${body.postgres.waiting} of 10`);
      expect(await page.getByTestId('failed').textContent()).toBe(`${body.postgres.failed} people`);
    });
    await page.getByText('= 60 slots').waitFor();
    await page.getByText('All slots are taken. Nothing waits for you.').waitFor();
    await expectAccessible(page);
    expect(errors).toEqual([]);
  });

  it('has the history since it opened, as the API tells it', async () => {
    await client.createCampaign({ id: 'past', capacity: 30 });
    await rush([client], 'past', users(301, 30));
    const accepted = await eventually(async () => {
      const { body } = await client.operate('get', 'campaigns/past/series?limit=10');
      const items = body.items as readonly { readonly accepted: number }[];
      expect(items.reduce((sum, item) => sum + item.accepted, 0)).toBe(30);
      return items.length;
    }, 30_000);
    expect(accepted).toBeGreaterThan(0);
    const { page, errors } = await stage.open('/campaigns/past');
    const read = page.waitForResponse((response) => response.url().includes('/campaigns/past/series'));
    await page.getByRole('combobox', { name: 'Period' }).selectOption({ label: 'Since it opened' });
    expect((await read).status()).toBe(200);
    await page.locator('.canvas canvas').first().waitFor();
    expect(await page.getByText('No history yet').count()).toBe(0);
    await expectAccessible(page);
    await screenshot(page, 'console-now-whole-en-1280');
    expect(errors).toEqual([]);
  });

  it('says that it is old when the stream ends, and goes on by itself', async () => {
    await client.createCampaign({ id: 'stale', capacity: 10 });
    const host = await MovableHost.start(Number(new URL(stage.url).port));
    const { page } = await openConsole(
      stage.browser,
      host.urlOf(stage.url).replace(/\/$/, ''),
      '/campaigns/stale',
    );
    await page.getByText(/^As of \d\d:\d\d:\d\d$/).waitFor();
    expect(host.move()).toBeGreaterThan(0); // nothing is closed: the other end is just gone
    await page.getByText(/^As of \d\d:\d\d:\d\d, reconnecting…$/).waitFor();
    await expectAccessible(page);
    await screenshot(page, 'console-now-stale-en-1280');
    await page.getByText(/^As of \d\d:\d\d:\d\d$/).waitFor({ timeout: 20_000 });
    await page.context().close();
    host.close();
  });

  it('names what is wrong and what to do, and pauses and stops with a reason', async () => {
    await client.createCampaign({ id: 'acts', capacity: 10 });
    const { page, errors } = await stage.open('/campaigns/acts');
    await page.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog');
    await expectAccessible(page);
    expect(await dialog.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('the amount on the poster is wrong');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused: claims are refused').waitFor();
    expect((await client.operate('get', 'campaigns/acts/terms')).body.state).toBe('PAUSED');

    await page.getByRole('button', { name: 'Stop payouts' }).click();
    await dialog.getByLabel('Reason').fill('fraud is suspected');
    await dialog.getByRole('button', { name: 'Stop payouts' }).click();
    await page.getByText('Payouts are stopped', { exact: true }).waitFor();
    await screenshot(page, 'console-now-stopped-en-1280');

    await page.getByRole('button', { name: 'Close' }).click();
    await dialog.getByLabel('Reason').fill('the mistake can not be mended');
    const close = dialog.getByRole('button', { name: 'Close' });
    expect(await close.isDisabled()).toBe(true);
    await dialog.getByLabel('Type acts to confirm').fill('acts');
    await close.click();
    await eventually(async () =>
      expect((await client.operate('get', 'campaigns/acts/terms')).body.state).toBe('CLOSED'),
    );

    await page.getByLabel('Parts of the campaign').getByText('Trail').click();
    await page.getByText('the amount on the poster is wrong').waitFor();
    await page.getByText('fraud is suspected').waitFor();
    await expectAccessible(page);
    await screenshot(page, 'console-trail-en-1280');
    expect(errors).toEqual([]);
  });

  it('reads well in both languages, on a phone and a desk, light and dark', async () => {
    await client.createCampaign({ id: 'looks', name: '봄맞이 선착순', capacity: 40, waitingCapacity: 4 });
    await client.closeWallet(203);
    await rush([client], 'looks', users(201, 25));
    for (const language of ['en', 'ko'] as const)
      for (const width of [360, 1280])
        for (const isDark of [false, true]) {
          const { page, errors } = await stage.open('/campaigns/looks', {
            ...{ language, width, isDark },
          });
          await page.getByTestId('settled').waitFor();
          await page.locator('.canvas canvas').first().waitFor();
          await expectNoSidewaysScroll(page);
          await expectAccessible(page);
          await screenshot(page, `console-now-${language}-${width}-${isDark ? 'dark' : 'light'}`);
          expect(errors).toEqual([]);
          await page.context().close();
        }
  });
});
