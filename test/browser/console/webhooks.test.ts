import type { Locator, Page } from 'playwright-core';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { ConsoleStage } from '../../support/console-stage.js';
import { EventReceiver } from '../../support/event-receiver.js';
import { eventually } from '../../support/eventually.js';
import { screenshot } from '../../support/screenshots.js';

let stage: ConsoleStage;
let receiver: EventReceiver;

beforeAll(async () => {
  stage = await ConsoleStage.start({ WEBHOOKS_ALLOWED_ADDRESSES: '127.0.0.1', WEBHOOKS_RETRY_MS: '20' });
});

beforeEach(async () => {
  receiver = await EventReceiver.start();
});

afterEach(async () => {
  await stage.clear();
  for (const { id } of await endpoints())
    await stage.client.operate('delete', `webhook-endpoints/${String(id)}`);
  receiver.close();
});

afterAll(() => stage.close());

const endpoints = async (): Promise<Readonly<Record<string, unknown>>[]> =>
  (await stage.client.operate('get', 'webhook-endpoints')).body.items;

/** An endpoint at the receiver, which knows its secret. */
async function subscribe(): Promise<void> {
  const body = { url: receiver.url, description: 'the shop' };
  const made = await stage.client.operate('post', 'webhook-endpoints', body);
  expect(made.status).toBe(201);
  receiver.secrets = [made.body.secret];
}

/** Presses the button of an act, and fills its dialog. @returns once it is done */
async function act(page: Page, button: string, fill: (dialog: Locator) => Promise<void>): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: button, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await fill(dialog);
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

const because = (dialog: Locator): Promise<void> => dialog.getByLabel('Reason').fill('a test of the console');

it('an endpoint is created by a form, and its secret is shown until it is stored', async () => {
  const { page, errors } = await stage.open('/webhooks');
  await page.getByText('Nobody is told by webhooks.').waitFor();
  await act(page, 'New endpoint', async (dialog) => {
    await dialog.getByLabel('URL').fill('not a url');
    await dialog.getByText('This is no URL.').waitFor();
    await dialog.getByLabel('URL').fill(receiver.url);
    await dialog.getByLabel('Got a slot', { exact: true }).uncheck();
    await expectAccessible(page);
    await screenshot(page, 'console-webhooks-create-en-1280');
  });
  receiver.secrets = [(await page.getByText(/^whsec_/).textContent()) ?? ''];
  await expectAccessible(page);
  await screenshot(page, 'console-webhooks-secret-en-1280');
  const [{ eventTypes } = {}] = await endpoints();
  expect(eventTypes).toHaveLength(7);
  expect(eventTypes).not.toContain('grant.granted');

  await stage.client.createCampaign({ id: 'told', capacity: 1 });
  await eventually(() => expect(receiver.told('told')).toEqual(['campaign.state OPEN']));
  expect(receiver.refused).toEqual([]);
  await page.getByRole('button', { name: 'It is stored' }).click();
  await page.getByText(/^whsec_/).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByText(receiver.url).waitFor();
  expect(await page.content()).not.toContain('whsec_');
  expect(errors).toEqual([]);
});

it('is moved to another URL, with its secret and what it has missed, and told less', async () => {
  await subscribe();
  const { url: before, secrets } = receiver;
  receiver.close();
  receiver = await EventReceiver.start();
  receiver.secrets = secrets;
  await stage.client.createCampaign({ id: 'moved', capacity: 1 });
  await eventually(async () => expect((await endpoints())[0]?.failingSince).toEqual(expect.any(String)));
  const { page, errors } = await stage.open('/webhooks');
  await page.getByText(before).waitFor();
  await act(page, 'Change', async (dialog) => {
    expect(await dialog.getByLabel('URL').inputValue()).toBe(before);
    expect(await dialog.getByLabel('Description').inputValue()).toBe('the shop');
    await dialog.getByLabel('URL').fill(receiver.url);
    await dialog.getByLabel('Paid', { exact: true }).uncheck();
    await because(dialog);
    await expectAccessible(page);
    await screenshot(page, 'console-webhooks-change-en-1280');
  });
  await page.getByText(receiver.url).waitFor();
  const [{ url, description, eventTypes } = {}] = await endpoints();
  expect([url, description]).toEqual([receiver.url, 'the shop']);
  expect(eventTypes).toHaveLength(7);
  expect(eventTypes).not.toContain('grant.paid');
  // Its pause between two retries has grown meanwhile.
  await eventually(() => expect(receiver.told('moved')).toEqual(['campaign.state OPEN']), 60_000);
  expect(receiver.refused).toEqual([]);
  expect(errors).toEqual([]);
});

it('is switched off and on, given a new secret, sent a span again, and deleted', async () => {
  await subscribe();
  await stage.client.createCampaign({ id: 'again', capacity: 1 });
  await eventually(() => expect(receiver.received).toHaveLength(1));
  const { page, errors } = await stage.open('/webhooks');
  await act(page, 'Switch off', because);
  await page.getByText('Switched off by an operator').waitFor();
  expect(await endpoints()).toMatchObject([{ state: 'OFF', offReason: 'operator' }]);
  await act(page, 'Switch on', because);
  await page.getByText('✓ On').waitFor();

  await act(page, 'Replay', async (dialog) => {
    await dialog.getByLabel('From').fill('2026-01-01T00:00:00');
    await dialog.getByLabel('Until').fill('2025-01-01T00:00:00');
    await dialog.getByText('It must not end before it begins.').waitFor();
    await screenshot(page, 'console-webhooks-replay-en-1280');
    await dialog.getByLabel('Until').fill('');
    await because(dialog);
  });
  const ofAgain = () => receiver.received.filter(({ data }) => data.campaignId === 'again');
  await eventually(() => expect(ofAgain()).toHaveLength(2));
  expect(new Set(ofAgain().map(({ id }) => id)).size).toBe(1);

  await act(page, 'New secret', async (dialog) => {
    await dialog.getByLabel('The present secret').selectOption('no more: others know it');
    await because(dialog);
  });
  receiver.secrets = [(await page.getByText(/^whsec_/).textContent()) ?? ''];
  await stage.client.createCampaign({ id: 'resigned', capacity: 1 });
  await eventually(() => expect(receiver.told('resigned')).toEqual(['campaign.state OPEN']));
  expect(receiver.refused).toEqual([]);

  await act(page, 'Delete', (dialog) => dialog.getByLabel('to confirm').fill(new URL(receiver.url).host));
  await page.getByText('Nobody is told by webhooks.').waitFor();
  expect(await endpoints()).toEqual([]);
  await page.getByRole('link', { name: 'Trail' }).click();
  for (const done of ['Deleted a webhook endpoint', 'Had webhooks sent again'])
    await page.getByText(done).first().waitFor();
  expect(errors).toEqual([]);
});

it.each([
  ['en', 360, 'A receiver of webhooks was switched off: 1', 'Look', 'Switched off: it accepted nothing'],
  ['ko', 360, '웹훅 수신처가 꺼졌습니다: 1', '보기', '꺼짐: 너무 오래 받지 않음'],
  ['en', 1280, 'A receiver of webhooks was switched off: 1', 'Look', 'Switched off: it accepted nothing'],
  ['ko', 1280, '웹훅 수신처가 꺼졌습니다: 1', '보기', '꺼짐: 너무 오래 받지 않음'],
] as const)(
  'one that was switched off needs attention (%s, %i px)',
  async (language, width, what, look, state) => {
    await subscribe();
    await stage.world.rows(
      `UPDATE webhook_endpoints SET state = 'OFF', off_reason = 'failing', off_at = now(), last_failure = 'answered-503'`,
    );
    const { page, errors } = await stage.open('/attention', { language, width });
    const card = page.getByRole('listitem').filter({ hasText: what });
    await card.waitFor();
    await screenshot(page, `console-webhooks-attention-${language}-${width}`);
    await card.getByRole('link', { name: look }).click();
    await page.getByText(state).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await screenshot(page, `console-webhooks-${language}-${width}`);
    expect(errors).toEqual([]);
  },
);

it('one that was switched off is left off, and needs no attention any more', async () => {
  await subscribe();
  await stage.world.rows(
    `UPDATE webhook_endpoints SET state = 'OFF', off_reason = 'gone', off_at = now(), last_failure = 'answered-410'`,
  );
  const { page, errors } = await stage.open('/webhooks');
  await page.getByText('Switched off: it is gone').waitFor();
  await act(page, 'Leave off', because);
  await page.getByText('Switched off by an operator').waitFor();
  expect(await page.getByRole('button', { name: 'Leave off' }).count()).toBe(0);
  expect(await endpoints()).toMatchObject([{ state: 'OFF', offReason: 'operator' }]);
  expect(errors).toEqual([]);
});

it('shows no button to who may only read', async () => {
  await subscribe();
  const { page } = await stage.open('/webhooks', { scope: 'grants:read' });
  await page.getByText(receiver.url).waitFor();
  expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
});
