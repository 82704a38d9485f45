import type { Page } from 'playwright-core';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import type { Client } from '../../support/client.js';
import { ConsoleStage } from '../../support/console-stage.js';
import { eventually } from '../../support/eventually.js';
import { screenshot } from '../../support/screenshots.js';

let stage: ConsoleStage;
let client: Client;

beforeAll(async () => {
  stage = await ConsoleStage.start();
  ({ client } = stage);
  await client.createCampaign({ id: 'drop', name: 'Spring drop', capacity: 3, waitingCapacity: 2 });
  await client.closeWallet(12);
  for (const user of [11, 12, 13, 14, 15, 16, 17]) await client.claim('drop', user);
  await eventually(async () =>
    expect((await client.stats('drop')).body.postgres).toMatchObject({ success: 3, failed: 1, pending: 0 }),
  );
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

async function find(page: Page, by: string, number: string): Promise<void> {
  await page.getByLabel('By').selectOption({ label: by });
  await page.getByLabel('Number').fill(number);
  await page.getByRole('button', { name: 'Find' }).click();
}

describe('a person', () => {
  it('is found by user id, arrival number and slot, and their story is told', async () => {
    const { page, errors } = await stage.open('/campaigns/drop/people');
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

    await page.getByLabel('Parts of the campaign').getByText('People').click();
    await find(page, 'Slot', '3');
    await page.getByRole('heading', { name: 'User 13 ' }).waitFor();
    await page.getByText(/^Has slot 3 and was paid at/).waitFor();
    await find_again(page);
    expect(errors).toEqual([]);
  });

  it('who has no place gets an explanation: who was the last to get one, and when', async () => {
    const { page } = await stage.open('/campaigns/drop/people/999', {
      language: 'en',
    });
    await page.getByText('User 999 has no place in this campaign.').waitFor();
    await page
      .getByText(/The last request that was taken, with a slot or a place in the line, is number \d/)
      .waitFor();
    await expectAccessible(page);
    await screenshot(page, 'console-person-none-en-1280');
  });

  it('who is not on the list of a campaign is said not to be', async () => {
    const opensAt = '2199-01-01T00:00:00Z';
    await client.createCampaign({ id: 'staff', capacity: 3, eligibility: 'list', opensAt });
    await client.addEligible('staff', [1, 14]);
    for (const [user, isListed] of [
      [1, true],
      [13, false],
      [14, true],
      [15, false],
    ] as const) {
      const { page } = await stage.open(`/campaigns/staff/people/${user}`);
      await page.getByText(isListed ? 'Either they never asked' : 'They are not on the list').waitFor();
      if (!isListed) await expectAccessible(page);
      await page.context().close();
    }
    const { page } = await stage.open('/campaigns/staff/people/15', { language: 'ko', width: 360 });
    await page.getByText('명단에 없습니다').waitFor();
    await screenshot(page, 'console-person-not-listed-ko-360');
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
        const { page } = await stage.open(path, { language, width, isDark });
        await page.locator('.event').first().waitFor();
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        await screenshot(page, `console-person-${language}-${width}-${isDark ? 'dark' : 'light'}`);
        await page.context().close();
      }
  });

  it('may be kept from payouts by closing the wallet, with a reason that the trail keeps', async () => {
    const { page } = await stage.open('/campaigns/drop/people/11');
    await page.getByRole('button', { name: 'Close wallet' }).click();
    await page.getByLabel('Reason').fill('asked for by the holder');
    await page.getByRole('dialog').getByRole('button', { name: 'Close wallet' }).click();
    await page.getByRole('button', { name: 'Open wallet' }).waitFor();
    expect((await client.operate('get', 'wallets/KRW/11')).body.state).toBe('CLOSED');
    await page.getByRole('link', { name: 'Trail' }).first().click();
    await page.getByText('asked for by the holder').waitFor();
    await page.getByText('user: 11', { exact: false }).waitFor(); // not the name of a field
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
