import { Redis } from 'ioredis';
import pg from 'pg';
import type { Response } from 'supertest';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

// What claimants are told about their claims, while the ledger pays; test/e2e/provider/told-claimants has the rest.

const ISO_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
const SECONDS = /^[1-9]\d*$/;

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
});

afterAll(() => world.close());

async function statusUnless(campaignId: string, userId: number, ifNoneMatch: string): Promise<Response> {
  return api.http
    .get(`/v1/campaigns/${campaignId}/grants/me`)
    .set('Authorization', `Bearer ${await tokenOf(userId)}`)
    .set('If-None-Match', ifNoneMatch);
}

/** Waits until the claim has this status; the answer that said so. */
function whenIs(campaignId: string, userId: number, status: string): Promise<Response> {
  return eventually(async () => {
    const answer = await client.status(campaignId, userId);
    expect(answer.body.status).toBe(status);
    return answer;
  });
}

const NOTHING_YET = { final: false, failureReason: null, paidAt: null, payoutReference: null };
const TERMS = { amount: 10, currency: 'KRW' };

describe('a claim that is not final', () => {
  it('says what there is to come, where to look, and when', async () => {
    await client.createCampaign({ id: 'open', capacity: 1, waitingCapacity: 1 });
    for (const [userId, told] of [
      [1, { status: 'PENDING', payout: 'on-its-way', slot: 'held' }],
      [2, { status: 'WAITING', payout: null, slot: null }],
    ] as const) {
      const first = await client.claim('open', userId);
      expect(first).toMatchObject({ status: 202, body: { ...NOTHING_YET, ...TERMS, ...told } });
      expect(first.headers).toMatchObject({
        location: '/v1/campaigns/open/grants/me',
        'retry-after': expect.stringMatching(SECONDS),
        'cache-control': 'no-store',
      });
      const again = await client.claim('open', userId);
      expect(again).toMatchObject({ status: 200, body: first.body });
      expect(again.headers).toMatchObject({ 'retry-after': expect.stringMatching(SECONDS) });
      expect(again.headers).not.toHaveProperty('location');
      const read = await client.status('open', userId);
      expect(read).toMatchObject({ status: 200, body: first.body });
      expect(read.headers).toMatchObject({
        'retry-after': expect.stringMatching(SECONDS),
        'cache-control': 'private, no-cache',
        etag: expect.stringMatching(/^"/),
      });
    }
  });

  it('is not sent again to a client that has it, until it changes', async () => {
    await client.createCampaign({ id: 'tagged', capacity: 1, waitingCapacity: 2 });
    for (const userId of [1, 2, 3]) await client.claim('tagged', userId);
    const { etag = '' } = (await client.status('tagged', 3)).headers as { etag?: string };
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const same = await statusUnless('tagged', 3, known);
      expect({ status: same.status, text: same.text }).toEqual({ status: 304, text: '' });
      expect(same.headers).toMatchObject({
        etag,
        'cache-control': 'private, no-cache',
        'retry-after': expect.stringMatching(SECONDS),
      });
      expect(same.headers).not.toHaveProperty('content-type');
    }
    expect((await statusUnless('tagged', 2, etag)).status).toBe(200); // another user's answer
    await client.leave('tagged', 2);
    const moved = await statusUnless('tagged', 3, etag);
    expect(moved).toMatchObject({ status: 200, body: { waitingPosition: 1 } });
    expect(moved.headers['etag']).not.toBe(etag);
  });
});

describe('a claim that is final says what came of it, and not to ask again', () => {
  it('PENDING becomes SUCCESS, or FAILED because of a closed wallet', async () => {
    await client.createCampaign({ id: 'paid', capacity: 2, waitingCapacity: 1 });
    await client.closeWallet(12);
    for (const userId of [11, 12, 13]) await client.claim('paid', userId);
    const worker = await world.start('worker');
    const paid = await whenIs('paid', 11, 'SUCCESS');
    const [payout] = await world.rows<{ reference: string; at: Date }>(
      `SELECT provider_reference AS reference, created_at AS at FROM payouts WHERE campaign_id = 'paid' AND user_id = 11`,
    );
    expect(paid.body).toMatchObject({
      ...{ final: true, failureReason: null, slot: 'used', ...TERMS },
      ...{ payoutReference: payout?.reference, paidAt: payout?.at.toISOString() },
    });
    const failed = await whenIs('paid', 12, 'FAILED');
    expect(failed.body).toMatchObject({
      ...{ final: true, failureReason: 'wallet-closed', slot: 'released', paidAt: null, ...TERMS },
      payoutReference: expect.stringMatching(/^\d+$/),
    });
    expect((await whenIs('paid', 13, 'SUCCESS')).body).toMatchObject({ final: true, paidAt: ISO_TIME });
    for (const userId of [11, 12]) {
      const again = await client.claim('paid', userId);
      expect(again.status).toBe(200);
      expect(again.body).toEqual((await client.status('paid', userId)).body);
      for (const { headers } of [again, await client.status('paid', userId)])
        expect(headers).not.toHaveProperty('retry-after');
    }
    await worker.close();
  });

  it('revoked, and left', async () => {
    await client.createCampaign({ id: 'taken', capacity: 1, waitingCapacity: 2 });
    for (const userId of [21, 22, 23]) await client.claim('taken', userId);
    await client.revoke('taken', 21, 'this sentence is for operators');
    const revoked = await client.status('taken', 21);
    expect(revoked.body).toMatchObject({
      ...{ status: 'FAILED', final: true, failureReason: 'revoked', slot: 'released' },
      ...{ paidAt: null, payoutReference: null },
    });
    expect(revoked.text).not.toContain('for operators');
    const left = await client.leave('taken', 23);
    expect(left).toMatchObject({ status: 200, body: { status: 'LEFT', final: true, slot: null, ...TERMS } });
    const read = await client.status('taken', 23);
    expect(read.body).toEqual(left.body);
    for (const { headers } of [revoked, read]) expect(headers).not.toHaveProperty('retry-after');
  });
});

const originalQuery = pg.Client.prototype.query;
const originalSend = Redis.prototype.sendCommand;

/** Statements about the tables of claims, and commands for the campaign's own keys, while `ask` is answered. */
async function costOf(campaignId: string, ask: () => Promise<Response>): Promise<[string[], number, number]> {
  const statements: string[] = [];
  let commands = 0;
  const query = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...asked: unknown[]
  ) {
    const [statement] = asked as [string | { name?: string; text: string }];
    const text = typeof statement === 'string' ? statement : statement.text;
    if (/\b(campaigns|user_grants|waiting_\w+|payouts)\b/.test(text))
      statements.push(typeof statement === 'string' ? text : (statement.name ?? text));
    return (originalQuery as (...of: unknown[]) => unknown).apply(this, asked) as never;
  });
  const send = jest.spyOn(Redis.prototype, 'sendCommand').mockImplementation(function (
    this: Redis,
    ...asked: Parameters<Redis['sendCommand']>
  ) {
    if (asked[0].args.some((argument) => String(argument).includes(`{${campaignId}}`))) commands++;
    return originalSend.apply(this, asked);
  });
  try {
    const { status } = await ask();
    return [statements, commands, status];
  } finally {
    query.mockRestore();
    send.mockRestore();
  }
}

it('all that costs no statement and no command beyond those that a claim and a status need', async () => {
  await client.createCampaign({ id: 'warm', capacity: 1, waitingCapacity: 1 });
  for (const userId of [1, 2]) await client.claim('warm', userId); // the server of Redis knows all scripts from now on
  await client.status('warm', 2);
  await client.createCampaign({ id: 'cost', capacity: 2, waitingCapacity: 1 });
  await client.claim('cost', 1); // builds the gate
  const claim = (userId: number) => costOf('cost', () => client.claim('cost', userId));
  const status = (userId: number) => costOf('cost', () => client.status('cost', userId));
  expect(await claim(2)).toEqual([['record-grants'], 1, 202]);
  expect(await claim(2)).toEqual([['find-claims'], 1, 200]);
  expect(await status(2)).toEqual([['find-claims'], 0, 200]);
  expect(await claim(3)).toEqual([['record-claims'], 2, 202]); // the second tells the gate that the place is durable
  expect(await status(3)).toEqual([['find-claims'], 1, 200]); // asks for the position
});
