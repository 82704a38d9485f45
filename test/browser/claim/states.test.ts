import type { Browser, Route } from 'playwright-core';
import { en } from '../../../web/claim/words/en.js';
import { ko } from '../../../web/claim/words/ko.js';
import type { Words } from '../../../web/claim/words/words.js';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { openBrowser, openPage } from '../../support/browser.js';
import { Client } from '../../support/client.js';
import { screenshot } from '../../support/screenshots.js';
import { type RunningApp, World } from '../../support/world.js';

// Each state that a person can meet, on the page that the service serves. What the service would answer to them is set
// here, since some answers take it an outage or a provider's mistake; that it gives them, other tests show.

let world: World;
let api: RunningApp;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  world = await World.create();
  api = await world.start('api');
  const campaign = { id: 'drop', name: '봄맞이 선착순', capacity: 500, amount: 1_500 };
  await new Client(api).createCampaign({ ...campaign, opensAt: new Date(Date.now() + 2_000).toISOString() });
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  await browser.close();
  await world.close();
});

interface Answer {
  readonly status: number;
  readonly json?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the service answers; the rest it answers by itself. */
interface State {
  readonly name: string;
  readonly says: (words: Words) => string;
  readonly session?: Answer;
  /** To `GET …/grants/me`, before the person has pressed; `null`: no answer comes. */
  readonly me?: Answer;
  /** To the press, if there is one; `null`: no answer comes. */
  readonly press?: Answer | null;
}

const AMOUNT = { en: '₩1,500', ko: '1,500원' } as const;
const amount = ({ language }: Words): string => AMOUNT[language];

const MEMBER: Answer = {
  status: 200,
  json: { user: { userId: '42', name: 'Mina', expiresAt: '2199-01-01T00:00:00Z' }, loginUrl: '/login' },
};
const NO_CLAIM: Answer = { status: 404, json: { code: 'no-claim' } };

const grant = (more: object): Answer => ({
  status: 200,
  json: {
    ...{ userId: '42', status: 'PENDING', final: true, failureReason: null, amount: 1_500, currency: 'KRW' },
    ...{ paidAt: null, payoutReference: null, payout: null, grantSeq: 7, slot: 'held', arrivalNo: 1_007 },
    ...{ createdAt: '2026-12-01T01:00:00.123Z', ...more },
  },
});
const failed = (failureReason: string): Answer =>
  grant({ status: 'FAILED', failureReason, slot: 'released' });
const refused = (status: number, json: object): Answer => ({ status, json });

const STATES: readonly State[] = [
  {
    name: 'signed-out',
    says: (w) => w.signInNow.title,
    session: { status: 200, json: { user: null, loginUrl: '/login' } },
  },
  { name: 'no-login', says: (w) => w.noSignIn.title, session: { status: 404 } },
  { name: 'away', says: (w) => w.askingAgain.title, session: { status: 503 } },
  { name: 'standing-not-known', says: (w) => w.askingAgain.title, me: { status: 503 } },
  { name: 'pending', says: (w) => w.pending(amount(w)).title, me: grant({ payout: 'on-its-way' }) },
  { name: 'being-checked', says: (w) => w.checked(amount(w)).title, me: grant({ payout: 'being-checked' }) },
  {
    name: 'waiting',
    says: (w) => w.waiting(amount(w), '500').title,
    me: grant({ status: 'WAITING', grantSeq: null, slot: null, waitingPosition: 12 }),
  },
  {
    name: 'paid',
    says: (w) => w.paid(amount(w)).title,
    me: grant({ status: 'SUCCESS', paidAt: '2026-12-01T01:00:02Z', payoutReference: 'TX-12345' }),
  },
  {
    name: 'came-back',
    says: (w) => w.cameBack(amount(w)).title,
    me: grant({ status: 'SUCCESS', failureReason: 'reversed' }),
  },
  { name: 'came-back-passed-on', says: (w) => w.cameBack(amount(w)).title, me: failed('reversed') },
  { name: 'rejected', says: (w) => w.failed(null, true).title, me: failed('rejected-by-provider') },
  { name: 'revoked', says: (w) => w.failed(null, true).title, me: failed('revoked') },
  { name: 'ended', says: (w) => w.ended.title, me: grant({ status: 'ENDED', grantSeq: null, slot: null }) },
  { name: 'left', says: (w) => w.left.title, me: grant({ status: 'LEFT', grantSeq: null, slot: null }) },
  { name: 'of-a-later-release', says: (w) => w.other.title, me: grant({ status: 'PAUSED-BY-LAW' }) },
  { name: 'open', says: (w) => w.open.title },
  { name: 'asking', says: (w) => w.asking.title, press: null },
  { name: 'busy', says: (w) => w.busy('').title, press: { status: 503, headers: { 'Retry-After': '60' } } },
  {
    name: 'too-many',
    says: (w) => w['too-many']('').title,
    press: { status: 429, headers: { 'Retry-After': '60' } },
  },
  { name: 'gave-up', says: (w) => w.gaveUp.title, press: { status: 503, headers: { 'Retry-After': '600' } } },
  {
    name: 'sold-out',
    says: (w) => w.soldOut('500', '50', null).title,
    press: refused(409, { code: 'sold-out', final: false }),
  },
  { name: 'over', says: (w) => w.closed(null).title, press: refused(409, { code: 'sold-out', final: true }) },
  { name: 'paused', says: (w) => w.paused.title, press: refused(409, { code: 'paused' }) },
  { name: 'closed', says: (w) => w.closed(null).title, press: refused(410, { code: 'closed' }) },
  {
    name: 'too-early',
    says: (w) => w.before.title,
    press: refused(409, { code: 'not-open', opensAt: '2199-01-01T00:00:00Z' }),
  },
  {
    name: 'not-on-the-list',
    says: (w) => w['not-eligible'].title,
    press: refused(403, { code: 'not-eligible' }),
  },
  { name: 'forbidden', says: (w) => w.forbidden.title, press: refused(403, { code: 'cross-site' }) },
  {
    name: 'gone',
    says: (w) => w['unknown-campaign'].title,
    press: refused(404, { code: 'unknown-campaign' }),
  },
  {
    name: 'signed-out-meanwhile',
    says: (w) => w.signInAgain.title,
    press: refused(401, { code: 'invalid-token' }),
  },
  {
    name: 'fault',
    says: (w) => w.fault.title,
    press: {
      status: 500,
      json: { code: 'internal' },
      headers: { 'X-Request-Id': '3f0c2a9e-1111-4222-8333-444455556666' },
    },
  },
];

const SIZES = [
  [360, 740],
  [1280, 800],
] as const;

const answerWith =
  (answer: Answer | null) =>
  (route: Route): Promise<void> =>
    answer === null ? new Promise(() => undefined) : route.fulfill({ ...answer, json: answer.json ?? {} });

const cases = STATES.flatMap((state) =>
  [en, ko].map((words) => ({ ...state, words, language: words.language })),
);

it.each(cases)('$name, in $language', async ({ name, says, words, session, me, press }) => {
  const [width, height] = SIZES[0];
  const { page, errors } = await openPage(browser, {
    viewport: { width, height },
    isMobile: true,
    hasTouch: true,
  });
  await page.route('**/v1/session', answerWith(session ?? MEMBER));
  await page.route('**/grants/me', answerWith(me ?? NO_CLAIM));
  await page.route('**/drop/grants', answerWith(press ?? null));
  await page.goto(`${api.url}/c/drop/${words.language}`);
  const title = page.locator('.claim .title', { hasText: says(words) });
  if (press !== undefined) {
    await page.locator('.claim .title', { hasText: words.open.title }).waitFor();
    await page.locator('.claim .main').click();
  }
  await title.waitFor();
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await screenshot(page, `state-${name}-${words.language}-${width}`);
  }
  expect(errors).toEqual([]);
});
