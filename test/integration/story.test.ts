import type { StoryView } from '../../src/live/story/story.dto.js';
import { PayoutConclusions } from '../../src/payouts/payout-conclusions.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

// What happened to one person, told as a story; the people are those of people.test.ts.

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
  await client.createCampaign({ id: 'drop', capacity: 3, waitingCapacity: 5, reversalPolicy: 'regrant' });
  for (const userId of users(1, 8)) expect((await client.claim('drop', userId)).status).toBe(202);
  await client.revoke('drop', 1, 'asked twice'); // 4 gets slot 1
  await expectStatus(4, 'PENDING');
  await client.leave('drop', 8);
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, due_at)
     VALUES ('drop', 2, 'grant:drop:2', 'IN_DOUBT', now() + interval '1 hour')`,
  );
  await conclude('SETTLED', null);
  await client.closeWallet(3); // 5 gets slot 3
  await world.start('worker');
  await expectStatus(4, 'SUCCESS');
  await expectStatus(5, 'SUCCESS');
  await conclude('REVERSED', 'recalled by the bank'); // 6 gets slot 2
  await expectStatus(6, 'SUCCESS');
  await client.changeCampaign('drop', { state: 'CLOSED' });
  await expectStatus(7, 'ENDED');
});

afterAll(() => world.close());

async function conclude(state: 'SETTLED' | 'REVERSED', reason: string | null): Promise<void> {
  const conclusion = { idempotencyKey: 'grant:drop:2', state, reason, providerReference: 'tx-2' };
  expect((await api.app.get(PayoutConclusions).conclude(conclusion)).effect).toBe('applied');
}

function expectStatus(userId: number, status: string): Promise<void> {
  return eventually(async () => expect((await client.status('drop', userId)).body.status).toBe(status));
}

async function story(userId: number): Promise<StoryView> {
  const { status, body, headers } = await client.operate('get', `campaigns/drop/grants/${userId}/story`);
  expect({ status, cache: headers['cache-control'] }).toEqual({ status: 200, cache: 'no-store' });
  return body as StoryView;
}

/** The events without their times, which must be in order. */
async function told(userId: number): Promise<unknown[]> {
  const { events } = await story(userId);
  const times = events.map(({ at }) => new Date(at).getTime());
  // The gate's clock and Postgres' are those of one machine here.
  expect(times).toEqual([...times].sort((a, b) => a - b));
  return events.map(({ kind, detail, actor }) => [kind, detail, actor]);
}

const CLAIMED = (arrivalNo: number) => ['claimed', `arrival number ${arrivalNo}`, null];

describe('the story of', () => {
  it('somebody who was revoked says by whom and why, and where the slot went', async () => {
    expect(await told(1)).toEqual([
      ['claimed', 'arrival number 1, slot 1', null],
      ['revoked', 'asked twice', '1'],
      ['passed-on', 'slot 1 went to user 4 (arrival number 4)', null],
    ]);
  });

  it('somebody who was paid, and whose money came back', async () => {
    expect(await told(2)).toEqual([
      ['claimed', 'arrival number 2, slot 2', null],
      ['paid', null, null],
      ['reversed', 'recalled by the bank', null],
      ['passed-on', 'slot 2 went to user 6 (arrival number 6)', null],
    ]);
  });

  it('somebody who was rejected', async () => {
    expect(await told(3)).toEqual([
      ['claimed', 'arrival number 3, slot 3', null],
      ['rejected', 'wallet-closed', null],
      ['passed-on', 'slot 3 went to user 5 (arrival number 5)', null],
    ]);
  });

  it('somebody in the line who was promoted and paid', async () => {
    expect(await told(5)).toEqual([
      CLAIMED(5),
      ['waiting', null, null],
      ['promoted', 'slot 3, which user 3 (arrival number 3) had lost', null],
      ['paid', null, null],
    ]);
  });

  it('somebody who waited to the end, and somebody who left', async () => {
    expect(await told(7)).toEqual([
      CLAIMED(7),
      ['waiting', null, null],
      ['ended', 'the campaign ended before a slot came to this person', null],
    ]);
    expect(await told(8)).toEqual([CLAIMED(8), ['waiting', null, null], ['left', null, null]]);
  });

  it('a person comes with the person as the report of people has it', async () => {
    const { body } = await client.operate('get', 'campaigns/drop/grants?userId=5');
    expect((await story(5)).person).toEqual((body as { items: unknown[] }).items[0]);
  });

  it('nobody says whether the campaign has a list, and this user is on it', async () => {
    const terms = { capacity: 1, eligibility: 'list' as const, opensAt: '2199-01-01T00:00:00Z' };
    await client.createCampaign({ id: 'staff', ...terms });
    await client.addEligible('staff', [21]);
    const missing = async (path: string) =>
      expectProblem(await client.operate('get', `campaigns/${path}/story`), 404, 'no-claim');
    const stranger = await missing('staff/grants/22');
    expect(stranger).toMatchObject({ eligible: false, title: expect.stringContaining('not on the list') });
    expect(await missing('staff/grants/21')).toMatchObject({ eligible: true });
    expect(await missing('drop/grants/99')).not.toHaveProperty('eligible');
  });

  it('nobody does not exist', async () => {
    expectProblem(await client.operate('get', 'campaigns/drop/grants/99/story'), 404, 'no-claim');
    expectProblem(await client.operate('get', 'campaigns/nope/grants/1/story'), 404, 'unknown-campaign');
    expectProblem(await client.operate('get', 'campaigns/drop/grants/0x1/story'), 400, 'invalid-request');
  });
});

describe('GET …/grants?grantSeq=', () => {
  const holders = async (query: string): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (let after: number | null = 0; after !== null;) {
      const { status, body } = await client.operate(
        'get',
        `campaigns/drop/grants?limit=1&after=${after}&${query}`,
      );
      expect(status).toBe(200);
      found.push(...(body.items as { userId: string }[]).map(({ userId }) => userId));
      after = body.next as number | null;
    }
    return found;
  };

  it('finds everybody who has held a slot, the holder last, page by page', async () => {
    expect(await holders('grantSeq=1')).toEqual(['1', '4']);
    expect(await holders('grantSeq=2')).toEqual(['2', '6']);
    expect(await holders('grantSeq=3')).toEqual(['3', '5']);
  });

  it('goes with the other filters', async () => {
    expect(await holders('grantSeq=3&status=SUCCESS')).toEqual(['5']);
    expect(await holders('grantSeq=3&arrivalTo=4')).toEqual(['3']);
    expect(await holders('grantSeq=3&userId=5')).toEqual(['5']);
    expect(await holders('grantSeq=3&userId=4')).toEqual([]);
    expect(await holders('grantSeq=3&createdBefore=2020-01-01T00:00:00Z')).toEqual([]);
  });

  it('takes slots only', async () => {
    for (const slot of ['0', '-1', '1.5', 'one', '10000001'])
      expectProblem(
        await client.operate('get', `campaigns/drop/grants?grantSeq=${slot}`),
        400,
        'invalid-request',
      );
  });
});
