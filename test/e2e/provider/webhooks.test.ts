import { createHmac } from 'node:crypto';
import { booksOf } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { type Answer, send } from '../../support/http.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { users } from '../../support/rush.js';

let at: ProviderWorld;
let events = 0;

beforeAll(async () => {
  at = await ProviderWorld.start('provider-webhooks', {
    PAYOUT_WEBHOOK_TOLERANCE_MS: '60000',
    // The bank is asked only once, so that the outcome comes by webhook.
    PAYOUT_RETRY_MS: '3600000',
    PAYOUT_RETRY_MAX_MS: '3600000',
  });
  await at.world.start('worker');
});

afterAll(() => at.close());

type Transfer = Readonly<Record<string, unknown>>;

function transferOf(campaignId: string, userId: number, change: Transfer = {}): Transfer {
  return {
    id: `tr_${userId}`,
    idempotencyKey: `grant:${campaignId}:${userId}`,
    campaignId,
    userId: String(userId),
    amount: 10,
    currency: 'KRW',
    state: 'settled',
    reason: null,
    createdAt: new Date().toISOString(),
    ...change,
  };
}

interface Guise {
  readonly id?: string;
  readonly secret?: string;
  /** Age of the timestamp in seconds. */
  readonly age?: number;
  readonly signature?: (right: string) => string;
  readonly changed?: (body: string) => string;
}

/** Sends an event as the bank does, or as a forger would. */
function tell(body: string, { id, secret, age = 0, signature, changed }: Guise = {}): Promise<Answer> {
  const name = id ?? `evt_${++events}`;
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  const right = `v1,${createHmac('sha256', secret ?? at.bank.webhookSecret)
    .update(`${name}.${timestamp}.${body}`)
    .digest('base64')}`;
  return send(at.api.url, {
    method: 'POST',
    path: '/v1/payout-events',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': name,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature ? signature(right) : right,
    },
    body: changed ? changed(body) : body,
  });
}

const event = (type: string, transfer: Transfer): string =>
  JSON.stringify({ type: `transfer.${type}`, transfer });

const settled = (campaignId: string, userId: number): string =>
  event('settled', transferOf(campaignId, userId));
const rejected = (campaignId: string, userId: number): string =>
  event('rejected', transferOf(campaignId, userId, { state: 'rejected', reason: 'account-closed' }));
const reversed = (campaignId: string, userId: number): string =>
  event('reversed', transferOf(campaignId, userId, { state: 'reversed' }));

/** A campaign of one slot whose first payout is in doubt; one more person waits. */
async function inDoubt(campaignId: string, first: number): Promise<void> {
  await at.bank.control.planFault({ userId: String(first) }, 'timeoutBefore');
  await at.client.createCampaign({ id: campaignId, capacity: 1, waitingCapacity: 1 });
  for (const userId of users(first, 2)) await at.client.claim(campaignId, userId);
  await eventually(async () => expect((await at.payout(campaignId, first))?.state).toBe('IN_DOUBT'));
}

const stateOf = async (campaignId: string, userId: number): Promise<string | undefined> =>
  (await at.payout(campaignId, userId))?.state;
const statusOf = async (campaignId: string, userId: number): Promise<string> =>
  (await at.client.status(campaignId, userId)).body.status;

const effects = async (idempotencyKey: string): Promise<string[]> => {
  const found = await at.world.rows<{ effect: string }>(
    `SELECT effect FROM provider_events WHERE idempotency_key = $1 ORDER BY received_at`,
    [idempotencyKey],
  );
  return found.map(({ effect }) => effect);
};

describe('webhooks of the provider', () => {
  it('settle a payout once, however often and in whatever order events arrive', async () => {
    await inDoubt('wh-settled', 100);
    const again = { id: 'evt_again' };
    for (const guise of [again, again, {}])
      expect((await tell(settled('wh-settled', 100), guise)).status).toBe(204);
    expect(await stateOf('wh-settled', 100)).toBe('SETTLED');
    expect(await statusOf('wh-settled', 100)).toBe('SUCCESS');
    // The first outcome is final (R13): a later rejection is recorded and changes nothing.
    expect((await tell(rejected('wh-settled', 100))).status).toBe(204);
    expect(await statusOf('wh-settled', 100)).toBe('SUCCESS');
    expect(['WAITING', 'ENDED']).toContain(await statusOf('wh-settled', 101)); // the slot was not passed on
    expect(await effects('grant:wh-settled:100')).toEqual(['applied', 'known', 'contradiction']);
    expect(await booksOf(at.world, 'wh-settled')).toMatchObject({
      success: 1,
      failed: 0,
      pool: 0,
      paidOut: 10,
    });
    expect(await at.inside.counts('wh-settled')).toMatchObject({ processing: 0, settled: 1 });
  });

  it('reject a payout, and its slot passes on at once; a payment reported later moves no slot', async () => {
    await inDoubt('wh-rejected', 200);
    for (let times = 0; times < 2; times++)
      expect((await tell(rejected('wh-rejected', 200))).status).toBe(204);
    await eventually(async () => expect(await statusOf('wh-rejected', 201)).toBe('SUCCESS'));
    expect(await statusOf('wh-rejected', 200)).toBe('FAILED');
    expect((await tell(settled('wh-rejected', 200))).status).toBe(204);
    expect((await tell(reversed('wh-rejected', 200))).status).toBe(204);
    expect(await stateOf('wh-rejected', 200)).toBe('REJECTED');
    expect(await effects('grant:wh-rejected:200')).toEqual([
      'applied',
      'known',
      'contradiction',
      'contradiction',
    ]);
    expect(await booksOf(at.world, 'wh-rejected')).toMatchObject({ success: 1, failed: 1, pool: 0 });
  });

  it('report a reversal before the settlement: both count as known, and the later event changes nothing', async () => {
    await inDoubt('wh-reversed', 300);
    expect((await tell(reversed('wh-reversed', 300))).status).toBe(204);
    expect((await tell(settled('wh-reversed', 300))).status).toBe(204);
    expect(await stateOf('wh-reversed', 300)).toBe('REVERSED');
    expect(await effects('grant:wh-reversed:300')).toEqual(['applied', 'known']);
    expect(await booksOf(at.world, 'wh-reversed')).toMatchObject({ success: 1, pool: 10 });
  });

  it('arrive before the answer to our own call, which then changes nothing', async () => {
    await at.client.createCampaign({ id: 'wh-early', capacity: 1 });
    await at.bank.control.planFault({ userId: '400' }, 'timeoutBefore');
    await at.client.claim('wh-early', 400);
    await eventually(async () => expect(await stateOf('wh-early', 400)).toBe('SENDING'));
    expect((await tell(settled('wh-early', 400))).status).toBe(204);
    await eventually(async () => expect((await at.log('wh-early')).length).toBe(1));
    expect(await stateOf('wh-early', 400)).toBe('SETTLED');
    expect(await statusOf('wh-early', 400)).toBe('SUCCESS');
  });

  it('for an unknown key, or for another transfer than ours, are accepted without effect', async () => {
    await inDoubt('wh-other', 500);
    expect((await tell(settled('wh-other', 599))).status).toBe(204);
    for (const change of [
      { amount: 11 },
      { currency: 'USD' },
      { userId: '501' },
      { campaignId: 'wh-settled' },
    ])
      expect((await tell(event('settled', transferOf('wh-other', 500, change)))).status).toBe(204);
    expect((await tell(event('settled', transferOf('wh-other', 500, { state: 'rejected' })))).status).toBe(
      204,
    );
    expect(await effects('grant:wh-other:599')).toEqual(['unknown-payout']);
    expect(await effects('grant:wh-other:500')).toEqual([
      ...Array<string>(4).fill('other-transfer'),
      'meaningless',
    ]);
    expect(await stateOf('wh-other', 500)).toBe('IN_DOUBT');
  });

  it('are accepted only with a recent signature over exactly these bytes', async () => {
    await inDoubt('wh-signed', 600);
    const body = settled('wh-signed', 600);
    const forged: readonly Guise[] = [
      { secret: 'another secret that is long enough' },
      { age: 120 },
      { age: -120 },
      { changed: (text) => text.replace('"amount":10', '"amount":1e1') },
      { changed: (text) => `${text} ` },
      { signature: () => '' },
      { signature: (right) => right.replace('v1,', 'v2,') },
      { signature: (right) => right.slice(0, -4) },
      { signature: (right) => right.slice('v1,'.length) },
    ];
    for (const guise of forged) expect((await tell(body, guise)).status).toBe(401);
    expect(
      (
        await send(at.api.url, {
          method: 'POST',
          path: '/v1/payout-events',
          headers: { 'Content-Type': 'application/json' },
          body,
        })
      ).status,
    ).toBe(401);
    expect(await stateOf('wh-signed', 600)).toBe('IN_DOUBT');
    expect(await effects('grant:wh-signed:600')).toEqual([]);

    const rotated = { signature: (right: string) => `v1a,other v1,${'A'.repeat(43)}= ${right} v1,junk` };
    expect((await tell(body, rotated)).status).toBe(204);
    expect(await stateOf('wh-signed', 600)).toBe('SETTLED');
  });

  it('are refused when they are not events of a transfer', async () => {
    const strange = [
      'not json',
      '[]',
      'null',
      '{}',
      event('pending', transferOf('wh-settled', 700)),
      event('settled', transferOf('wh-settled', 700, { amount: '10' })),
      event('settled', transferOf('wh-settled', 700, { id: 'tr\u0000' })),
      event('settled', transferOf('wh-settled', 700, { idempotencyKey: 'grant:\u0000' })),
    ];
    for (const body of strange) expect((await tell(body)).status).toBe(400);
  });
});
