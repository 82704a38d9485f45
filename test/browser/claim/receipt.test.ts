import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { parseReceipt } from '../../../verification/verifier/receipts/receipt.js';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { openBrowser, openPage } from '../../support/browser.js';
import { Client } from '../../support/client.js';
import { eventually } from '../../support/eventually.js';
import { LogReader, logVariables } from '../../support/log-reader.js';
import { screenshot } from '../../support/screenshots.js';
import { tokenOf } from '../../support/tokens.js';
import { type RunningApp, World } from '../../support/world.js';

let world: World;
let api: RunningApp;
let browser: Browser;

/** Two slots, and the log knows them: only then there are receipts. Somebody has the first one. */
beforeAll(async () => {
  browser = await openBrowser();
  world = await World.create({
    ...logVariables(),
    NODE_ENV: 'development',
    DEV_LOGIN: 'true',
    COOKIE_SECRET: 'a secret for tests alone, long enough to seal a session',
  });
  api = await world.start('all');
  await new LogReader(world).published(); // what was claimed before a log began is unproven
  await new Client(api).createCampaign({
    id: 'drop',
    name: '봄맞이 선착순',
    capacity: 2,
    waitingCapacity: 0,
    reversalPolicy: 'regrant', // so that a place may become free although all are paid
  });
  await eventually(async () => {
    const token = await tokenOf(41);
    const claim = api.http.post('/v1/campaigns/drop/grants').set('Authorization', `Bearer ${token}`);
    expect((await claim.set('Prefer', 'receipt')).body).toHaveProperty('receipt');
  });
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  await browser.close();
  await world.close();
});

/** Opens the page of the campaign, with a clock that can be set ahead, and signs in. */
async function visit(
  userId: number,
  language: 'ko' | 'en',
  width: number,
): Promise<{ page: Page; errors: readonly string[] }> {
  const { page, errors } = await openPage(browser, { viewport: { width, height: 740 } });
  await page.clock.install();
  await page.goto(`${api.url}/c/drop/${language}`);
  await page.locator('.claim a.main').click();
  await page.locator('input[name=userId]').fill(String(userId));
  await page.getByRole('button').click();
  await page.locator('.claim .who').waitFor();
  return { page, errors };
}

const title = (page: Page, text: string): Promise<void> =>
  page.locator('.claim .title', { hasText: text }).waitFor({ timeout: 15_000 });

async function savedReceipt(page: Page): Promise<ReturnType<typeof parseReceipt>> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.receipt a[download]').click(),
  ]);
  expect(download.suggestedFilename()).toBe('seonchak-drop-receipt.txt');
  return parseReceipt(await readFile(await download.path(), 'utf8'));
}

async function expectWell(page: Page, name: string): Promise<void> {
  await screenshot(page, name);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
}

it('is kept, offered as a file, and found in the public record', async () => {
  const { page, errors } = await visit(42, 'ko', 360);
  await page.locator('.claim .main').click();
  await title(page, '10원 지급 완료');
  const card = page.locator('.receipt');
  await card.getByText('2번째로 도착했다는 증거예요').waitFor();
  await card.getByText('아직 공개 기록에 없어요').waitFor();
  await expectWell(page, 'receipt-not-yet-ko-360');
  expect(await savedReceipt(page)).toMatchObject({ kind: 'promise', campaign: 'drop', arrivalNo: 2 });

  await page.reload();
  await card.getByText('아직 공개 기록에 없어요').waitFor();
  const [{ place } = { place: '' }] = await eventually(async () => {
    const found = await world.rows<{ place: string }>(
      `SELECT log_index AS place FROM log_leaves, log_state WHERE leaf LIKE 'v1 claim drop 1 2 %' AND log_index < checkpoint_size`,
    );
    expect(found).toHaveLength(1);
    return found;
  });
  await page.clock.fastForward(60_000);
  await card.getByText(`공개 기록 ${place}번에 있어요`).waitFor();
  await expectWell(page, 'receipt-recorded-ko-360');
  expect(await page.locator('.receipt a', { hasText: '공개 기록 받기' }).getAttribute('href')).toBe(
    `${api.url}/v1/campaigns/drop/proof`,
  );

  await page.reload(); // what is known is not asked again
  await card.getByText(`공개 기록 ${place}번에 있어요`).waitFor();
  await page.getByRole('button', { name: '로그아웃' }).click();
  await title(page, '지금 열렸어요');
  expect(await card.isVisible()).toBe(false);
  expect(errors).toEqual([]);
});

it('comes with “sold out”, too, and leads to the page that checks it', async () => {
  const { page, errors } = await visit(43, 'en', 1_280);
  await page.locator('.claim .main').click();
  await title(page, 'Sold out');
  await page.locator('.receipt').getByText('It proves that you were told “sold out”').waitFor();
  await expectWell(page, 'receipt-sold-out-en-1280');
  // Whoever reads on after the answer hears nothing of the request that is over.
  expect(await page.locator('.claim .spoken').textContent()).toBe('');
  const receipt = await savedReceipt(page);
  expect(receipt).toMatchObject({ kind: 'sold-out', campaign: 'drop', lastArrivalNo: 2 });
  await page.reload();
  await title(page, 'It is open');
  await page.locator('.claim .main').click();
  await title(page, 'Sold out');
  expect(await savedReceipt(page)).toEqual(receipt); // the first one, and no later one
  await page.locator('.receipt a', { hasText: 'checking page' }).click();
  await page.locator('h1').waitFor();
  expect(new URL(page.url()).pathname).toBe('/verify');
  expect(errors).toEqual([]);
});
