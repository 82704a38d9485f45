import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { runAudit } from '../../../src/audit/run-audit.js';
import { RedisServer } from '../../../tools/stack/servers/redis-server.js';
import { openPage } from '../../support/browser.js';
import type { Client } from '../../support/client.js';
import { CONSOLE_LOGIN } from '../../support/console-page.js';
import { ConsoleStage } from '../../support/console-stage.js';
import { eventually } from '../../support/eventually.js';
import { ownDataDir } from '../../support/own-servers.js';
import { picture } from '../../support/pictures.js';
import { persist, users } from '../../support/rush.js';
import { World } from '../../support/world.js';

/** Claims under way at a time: the console needs its share of this machine too. */
const AT_ONCE = 100;
/** Longer than a figure is shown for, and than Redis is given to answer. */
const SILENT_MS = 5_000;
const CLOSED_WALLETS = [7, 77, 777];

const dataDir = ownDataDir();
/** Of this file alone: it is emptied, and falls silent. */
const redis = new RedisServer({ dataDir, log: () => undefined });
let stage: ConsoleStage;
let client: Client;

beforeAll(async () => {
  await redis.start();
  const world = await World.create(CONSOLE_LOGIN, { redisUrl: redis.url });
  stage = await ConsoleStage.at(await world.start('all'), world);
  ({ client } = stage);
  for (const user of CLOSED_WALLETS) await client.closeWallet(user);
});

afterEach(() => stage.clear());

afterAll(async () => {
  await stage.close();
  await redis.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const terms = { name: '봄맞이 선착순', capacity: 1_000, waitingCapacity: 100, amount: 1_000 };

/** The claim page as this user sees it, on a phone, signed in. */
async function personAt(path: string, userId: number): Promise<Page> {
  const { page } = await openPage(stage.browser, {
    ...{ viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true },
    ...{ locale: path.endsWith('ko') ? 'ko-KR' : 'en-US', timezoneId: 'Asia/Seoul' },
  });
  await page.goto(`${stage.url}${path}`);
  await page.locator('.claim a.main').click();
  await page.locator('input[name=userId]').fill(String(userId));
  await page.getByRole('button').click();
  await page.locator('.claim button.main').waitFor();
  return page;
}

/** Each asks until there is a definite answer. */
async function rushOf(campaignId: string, userIds: readonly number[]): Promise<void> {
  for (let i = 0; i < userIds.length; i += AT_ONCE)
    await Promise.all(userIds.slice(i, i + AT_ONCE).map((user) => persist(client, campaignId, user)));
}

/** The numbers on the screen, as a person reads them. */
async function shown(page: Page): Promise<Record<string, number>> {
  const read = async (id: string): Promise<number> => {
    const text = (await page.getByTestId(id).textContent()) ?? '';
    return Number(/^[\d,]+/.exec(text)?.[0].replaceAll(',', ''));
  };
  const [success, pending, available, waiting, failed, ended] = await Promise.all(
    ['settled', 'processing', 'available', 'waiting', 'failed', 'ended'].map(read),
  );
  return {
    success: success!,
    pending: pending!,
    available: available!,
    waiting: waiting!,
    failed: failed!,
    ended: ended!,
  };
}

/** At rest, the screen says what the audit counts, and the audit finds no broken promise. */
async function expectAsAudited(page: Page, campaignId: string): Promise<void> {
  await eventually(async () => {
    const { body } = await client.stats(campaignId);
    expect(body.postgres).toMatchObject({ success: terms.capacity, pending: 0 });
  }, 30_000);
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = stage.world.variables;
  const { checks, counts } = await runAudit({ databaseUrl, redisUrl }, campaignId);
  expect(checks.filter(({ violations }) => violations.length > 0)).toEqual([]);
  const { capacity = 0, success = 0, pending = 0, failed, waiting, ended } = counts;
  const available = capacity - success - pending;
  await eventually(async () =>
    expect(await shown(page)).toEqual({ success, pending, available, waiting, failed, ended }),
  );
}

describe('a rush, watched in the console', () => {
  it('adds up to the capacity all the time, and ends with the figures of the audit', async () => {
    await client.createCampaign({ id: 'watched', ...terms });
    const { page, errors } = await stage.open('/campaigns/watched');
    const korean = await stage.open('/campaigns/watched', { language: 'ko' });
    const people = { en: await personAt('/c/watched/en', 2_001), ko: await personAt('/c/watched/ko', 2_002) };
    await page.getByText('Going well. Nothing waits for you.').waitFor();
    const rush = rushOf('watched', users(1, 1_500));
    await eventually(async () => expect((await shown(page)).available).toBeLessThan(700));
    expect(await page.getByText('= 1,000 slots').count()).toBe(1);
    await Promise.all([people.en, people.ko].map((person) => person.locator('.claim button.main').click()));
    await picture(page, 'console-en');
    await picture(korean.page, 'console-ko');
    for (const [language, person] of Object.entries(people)) {
      await person.locator('.claim[data-tone="good"]').waitFor();
      await picture(person, `claim-${language}`);
    }
    await rush;
    await expectAsAudited(page, 'watched');
    await page.getByText('All slots are taken. Nothing waits for you.').waitFor();
    await page.getByText('Postgres and the gate agree.').waitFor();
    expect(errors).toEqual([]);
  });

  it('says that the gate is gone when Redis loses everything, and ends with the same figures', async () => {
    await client.createCampaign({ id: 'emptied', ...terms });
    const { page, errors } = await stage.open('/campaigns/emptied');
    await page.getByText('Postgres and the gate agree.').waitFor();
    await rushOf('emptied', users(1, 400));
    await redis.command('FLUSHALL');
    await redis.command('CLIENT', 'PAUSE', SILENT_MS, 'ALL');
    await page.getByText('The gate in Redis does not answer; these figures are Postgres’.').waitFor();
    expect(await page.getByText('Going well. Nothing waits for you.').count()).toBe(0);
    await rushOf('emptied', users(401, 1_100));
    await page.getByText('Postgres and the gate agree.').waitFor();
    await expectAsAudited(page, 'emptied');
    await page.getByText('All slots are taken. Nothing waits for you.').waitFor();
    expect(errors).toEqual([]);
  });
});
