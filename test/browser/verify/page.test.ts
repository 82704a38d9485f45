import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { openBrowser, openPage } from '../../support/browser.js';
import { CAMPAIGN, goodLog } from '../../support/log-kit/good-log.js';
import { writeLargeProof } from '../../../verification/sample-log/large-proof.js';
import { LISTED, listed, listedLog, listOf, placeOf } from '../../support/log-kit/listed-log.js';
import { commitmentOf, promise } from '../../support/log-kit/receipts.js';
import { SignedLog } from '../../support/log-kit/signed-log.js';
import { screenshot } from '../../support/screenshots.js';
import { type RunningApp, World } from '../../support/world.js';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const log = new SignedLog(goodLog(commitmentOf));

let browser: Browser;
let folder: string;

const saved = (name: string): string => join(folder, name);

beforeAll(async () => {
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), 'seonchak-page-'));
  await copyFile(join(__dirname, '../../../dist/web/verify/index.html'), saved('verify.html'));
  await writeFile(saved('good.proof'), log.proof(CAMPAIGN));
  const mutant = new SignedLog(log.leaves.filter((leaf) => !leaf.startsWith('v1 claim ten-won 1 3 ')));
  await writeFile(saved('broken.proof'), mutant.proof(CAMPAIGN));
  const claim = log.leaves.find((leaf) => leaf.startsWith('v1 claim ten-won 1 4 ')) ?? '';
  const createdAtMs = Number(claim.split(' ')[5]);
  await writeFile(saved('mine.txt'), promise({ arrivalNo: 4, epoch: 1, createdAtMs }));
  await writeFile(saved('listed.proof'), listedLog(LISTED).proof(CAMPAIGN));
  await writeFile(saved('list.txt'), listOf(LISTED));
  await writeFile(saved('place.json'), listed(20, { place: placeOf(20) }));
  writeLargeProof(saved('large.proof'), 10_000);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

/** The saved page, with the network off. */
async function openSaved(options: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage(browser, { locale: 'en-GB', ...options });
  await opened.page.context().setOffline(true);
  await opened.page.goto(pathToFileURL(saved('verify.html')).href);
  return opened;
}

async function check(page: Page, files: { proof: string; receipt?: string }): Promise<void> {
  await page.locator('#proof').setInputFiles(saved(files.proof));
  if (files.receipt) await page.locator('#receipt').setInputFiles(saved(files.receipt));
  await page.locator('button[type=submit]').click();
  await page.locator('.verdict').waitFor();
}

/** Waits for the verdict that says this. */
async function expectText(page: Page, text: string): Promise<void> {
  await page.locator('.verdict', { hasText: text }).waitFor();
}

describe('the saved page, with the network off', () => {
  it('proves a proof, and finds a receipt in it', async () => {
    const { page, errors } = await openSaved();
    await check(page, { proof: 'good.proof', receipt: 'mine.txt' });
    const verdict = await page.locator('.verdict').innerText();
    expect(verdict).toContain('PROVEN');
    expect(verdict).toContain('Your receipt is in it, at place 4: you were paid.');
    expect(await page.locator('main').innerText()).toContain('9 came: 4 paid');
    expect(errors).toEqual([]);
    await expectAccessible(page);
    await screenshot(page, 'verify-proven-en');
  });

  it('finds a person in the list by their path, and everybody who claimed in the list itself', async () => {
    const { page } = await openSaved();
    await check(page, { proof: 'listed.proof', receipt: 'place.json' });
    await expectText(page, 'You are on the list of who may claim');
    await page.getByText('For those who want to be sure').click();
    await page.locator('#list').setInputFiles(saved('list.txt'));
    await check(page, { proof: 'listed.proof' });
    await expectText(page, 'Everybody who claimed is on the list of 20 people');
    await expectAccessible(page);
  });

  it('names the rule and the leaves that break it', async () => {
    const { page } = await openSaved({ ...PHONE, colorScheme: 'dark' });
    await check(page, { proof: 'broken.proof' });
    const said = await page.locator('main').innerText();
    expect(said).toContain('VIOLATED');
    expect(said).toContain('An arrival number is not the next one');
    expect(said).toMatch(/leaf \d+: v1 claim ten-won 1 4 /);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await screenshot(page, 'verify-violated-en-360-dark');
  });

  it('says the same in Korean, and keeps what was found when the language changes', async () => {
    const { page } = await openSaved({ ...PHONE, locale: 'ko-KR' });
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    await check(page, { proof: 'good.proof', receipt: 'mine.txt' });
    expect(await page.locator('.verdict').innerText()).toContain('도착 순서 4번: 지급되었습니다.');
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await screenshot(page, 'verify-proven-ko-360');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.locator('.verdict').innerText()).toContain('at place 4: you were paid.');
  });

  it('draws the order of ten thousand people, and tells it in a table', async () => {
    const { page } = await openSaved();
    await check(page, { proof: 'large.proof' });
    expect(await page.locator('.verdict').innerText()).toContain('PROVEN');
    expect(await page.locator('svg').first().getAttribute('aria-label')).toContain('11,000 people');
    expect(await page.locator('.legend').innerText()).toContain('paid after waiting');
    await page.locator('.picture summary').click();
    expect(await page.locator('tbody tr').count()).toBe(12);
    await expectAccessible(page);
    await screenshot(page, 'verify-large-en');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 740 });
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await screenshot(page, 'verify-large-en-360-dark');
  });

  it('says why it can not check a file that is no proof', async () => {
    const { page } = await openSaved();
    await page.locator('button[type=submit]').click();
    expect(await page.locator('.progress').innerText()).toBe('Choose the proof first.');
    await check(page, { proof: 'verify.html' });
    expect(await page.locator('.verdict').innerText()).toContain('This is no proof');
  });

  it('says which file belongs in the other place, in both languages', async () => {
    const { page } = await openSaved();
    await check(page, { proof: 'mine.txt' });
    await expectText(page, 'The file that was given as the proof is a receipt');
    await check(page, { proof: 'good.proof', receipt: 'good.proof' });
    await expectText(page, 'The file that was given as the receipt is the proof of a campaign');
    await page.getByRole('button', { name: '한국어' }).click();
    await expectText(page, '영수증 자리에 고른 파일은 행사의 증명입니다.');
  });
});

describe('the page as it is served', () => {
  let world: World;
  let api: RunningApp;

  beforeAll(async () => {
    world = await World.create();
    api = await world.start('api');
  });

  afterAll(() => world.close());

  it('is the same file, and may load and send nothing', async () => {
    const { page, errors } = await openPage(browser, { locale: 'en-GB' });
    const answer = await page.goto(`${api.url}/verify`);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+';/);
    expect(policy).not.toContain('connect-src');
    await check(page, { proof: 'good.proof', receipt: 'mine.txt' });
    expect(await page.locator('.verdict').innerText()).toContain('PROVEN');
    expect(errors).toEqual([]);
    await expectAccessible(page);
    await page.evaluate(
      `fetch('/v1/time').then(() => document.title = 'sent', () => document.title = 'refused')`,
    );
    expect(await page.title()).toBe('refused');
  });
});
