import { PayoutConclusions } from '../../src/payouts/payout-conclusions.js';
import { peopleAsCsv } from '../../src/campaigns/reports/people-csv.js';
import { PeopleReport } from '../../src/campaigns/reports/people-report.js';
import { PERSON_STATUSES } from '../../src/campaigns/reports/person.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

// Who got it, and why: the report of everybody who has claimed.

interface Person {
  readonly userId: string;
  readonly status: string;
  readonly arrivalNo: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly grantSeq: number | null;
  readonly promotedAt: string | null;
  readonly slotFrom: { readonly userId: string; readonly arrivalNo: number } | null;
  readonly failureReason: string | null;
  readonly paidAt: string | null;
  readonly payoutReference: string | null;
}

const ISO_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const REFERENCE = 'paid "by hand", no. 3';

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
  await client.createCampaign({ id: 'drop', capacity: 4, waitingCapacity: 7, reversalPolicy: 'regrant' });
  for (const userId of users(1, 11)) expect((await client.claim('drop', userId)).status).toBe(202);
  await client.revoke('drop', 1);
  await expectStatus(5, 'PENDING');
  await client.leave('drop', 11);
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, due_at)
     SELECT 'drop', n, 'grant:drop:' || n, 'IN_DOUBT', now() + interval '1 hour' FROM generate_series(3, 4) AS n`,
  );
  await conclude(3, 'SETTLED', null);
  for (const userId of [2, 6]) await client.closeWallet(userId);
  await world.start('worker');
  await expectStatus(7, 'SUCCESS');
  await expectStatus(5, 'SUCCESS');
  await conclude(4, 'REJECTED', 'account-frozen');
  await expectStatus(8, 'SUCCESS');
  await conclude(3, 'REVERSED', null);
  await expectStatus(9, 'SUCCESS');
});

afterAll(() => world.close());

async function conclude(
  userId: number,
  state: 'SETTLED' | 'REJECTED' | 'REVERSED',
  reason: string | null,
): Promise<void> {
  const concluded = await api.app
    .get(PayoutConclusions)
    .conclude({ idempotencyKey: `grant:drop:${userId}`, state, reason, providerReference: REFERENCE });
  expect(concluded.effect).toBe('applied');
}

function expectStatus(userId: number, status: string): Promise<void> {
  return eventually(async () => expect((await client.status('drop', userId)).body.status).toBe(status));
}

/** All people whom this query finds, page by page. */
async function people(query = '', { id = 'drop', limit = 100 } = {}): Promise<Person[]> {
  const found: Person[] = [];
  for (let after: number | null = 0; after !== null;) {
    const { status, body } = await client.operate(
      'get',
      `campaigns/${id}/grants?limit=${limit}&after=${after}&${query}`,
    );
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    found.push(...(body.items as Person[]));
    expect(found.length).toBeLessThan(100); // otherwise the walk would never end
    after = body.next as number | null;
  }
  return found;
}

const idsOf = (found: readonly Person[]): number[] => found.map(({ userId }) => Number(userId));

async function csv(query = ''): Promise<string[]> {
  const { status, text } = await client.operate('get', `campaigns/drop/grants.csv?${query}`);
  expect(status).toBe(200);
  return text.split('\r\n');
}

it('says of everybody what became of them, and why, in order of arrival', async () => {
  const of = (
    userId: number,
    status: string,
    grantSeq: number | null,
    more: Partial<Person> = {},
  ): Person => ({
    ...{ userId: String(userId), status, arrivalNo: userId, grantSeq },
    ...{ createdAt: ISO_TIME, updatedAt: ISO_TIME },
    ...{ promotedAt: null, slotFrom: null, failureReason: null, paidAt: null, payoutReference: null },
    ...more,
  });
  const after = (n: number): Partial<Person> => ({
    promotedAt: ISO_TIME,
    slotFrom: { userId: String(n), arrivalNo: n },
  });
  const inLedger = { payoutReference: expect.stringMatching(/^\d+$/) as string };
  const paid = { paidAt: ISO_TIME, ...inLedger };
  const closed = { failureReason: 'wallet-closed', ...inLedger };
  const byProvider = { payoutReference: REFERENCE };
  expect(await people()).toEqual([
    of(1, 'REVOKED', 1, { failureReason: 'revoked' }),
    of(2, 'FAILED', 2, closed),
    of(3, 'REVERSED', 3, { failureReason: 'reversed', paidAt: ISO_TIME, ...byProvider }),
    of(4, 'FAILED', 4, { failureReason: 'rejected-by-provider', ...byProvider }),
    of(5, 'SUCCESS', 1, { ...after(1), ...paid }),
    of(6, 'FAILED', 2, { ...after(2), ...closed }),
    of(7, 'SUCCESS', 2, { ...after(6), ...paid }),
    of(8, 'SUCCESS', 4, { ...after(4), ...paid }),
    of(9, 'SUCCESS', 3, { ...after(3), ...paid }),
    of(10, 'WAITING', null),
    of(11, 'LEFT', null),
  ]);
});

it('says when somebody was paid, although the money came back later', async () => {
  const [settled] = await world.rows<{ at: Date }>(
    `SELECT created_at AS at FROM payout_events WHERE idempotency_key = 'grant:drop:3' AND event = 'SETTLED'`,
  );
  const [person] = await people('userId=3');
  expect(person?.paidAt).toBe(settled?.at.toISOString());
  expect(Date.parse(person?.updatedAt ?? '')).toBeGreaterThan(settled?.at.getTime() ?? NaN);
});

it('counts as GET …/stats does', async () => {
  const { body } = await client.stats('drop');
  const all = await people();
  const counts = PERSON_STATUSES.map((status) => [
    status.toLowerCase(),
    all.filter((person) => person.status === status).length,
  ]);
  expect(body.postgres).toEqual({
    asOf: expect.any(String),
    ...(Object.fromEntries(counts) as object),
    promoted: all.filter(({ promotedAt }) => promotedAt !== null).length,
    lastArrivalNo: 11,
  });
  expect(body.postgres).toMatchObject({
    success: 4,
    failed: 3,
    revoked: 1,
    reversed: 1,
    left: 1,
    promoted: 5,
  });
});

describe('filters', () => {
  it.each([
    ...PERSON_STATUSES.map((status) => [status]),
    ['FAILED', 'WAITING'],
    ['SUCCESS', 'REVOKED', 'LEFT'],
  ])('by status: %s %s %s, in pages of any size', async (...wanted) => {
    const statuses = wanted.filter(Boolean);
    const expected = (await people()).filter(({ status }) => statuses.includes(status));
    const query = statuses.map((status) => `status=${status}`).join('&');
    for (const limit of [1, 2, 100]) expect(await people(query, { limit })).toEqual(expected);
  });

  it.each([1, 2, 3, 10, 11, 12])('none, in pages of %i', async (limit) => {
    expect(idsOf(await people('', { limit }))).toEqual(users(1, 11));
  });

  it.each<[string, number[]]>([
    ['userId=10', [10]],
    ['userId=12', []],
    ['userId=10&status=WAITING', [10]],
    ['userId=10&status=SUCCESS', []],
    ['userId=10&arrivalTo=9', []],
    ['arrivalFrom=4&arrivalTo=6', [4, 5, 6]],
    ['arrivalFrom=10', [10, 11]],
    ['arrivalTo=2', [1, 2]],
    ['arrivalFrom=3&arrivalTo=8&status=SUCCESS', [5, 7, 8]],
    ['arrivalFrom=6&arrivalTo=5', []],
    ['createdFrom=2020-01-01T00:00:00Z&status=REVOKED&status=LEFT', [1, 11]],
    ['createdBefore=2020-01-01T00:00:00Z', []],
    ['grantSeq=2', [2, 6, 7]],
    ['grantSeq=2&status=FAILED', [2, 6]],
    ['grantSeq=12', []],
    ['createdFrom=0000-01-01T00:00:00Z&arrivalTo=1', [1]],
  ])('?%s', async (query, expected) => {
    for (const limit of [1, 100]) expect(idsOf(await people(query, { limit }))).toEqual(expected);
  });

  it('by the time of the claim: from that time on, and before that time', async () => {
    const all = await people();
    const { createdAt: sixth } = all[5]!;
    const before = all.filter(({ createdAt }) => createdAt < sixth);
    const fromThen = all.filter(({ createdAt }) => createdAt >= sixth);
    for (const limit of [1, 2, 100]) {
      expect(await people(`createdBefore=${sixth}`, { limit })).toEqual(before);
      expect(await people(`createdFrom=${sixth}`, { limit })).toEqual(fromThen);
    }
    expect(idsOf(await people(`createdFrom=${sixth}&userId=6`))).toEqual([6]);
    expect(await people(`createdBefore=${sixth}&userId=6`)).toEqual([]);
  });

  it.each(['arrivalFrom=0', 'arrivalTo=x', 'createdFrom=yesterday', 'createdBefore=2026-02-30T00:00:00Z'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await client.operate('get', `campaigns/drop/grants?${query}`);
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );
});

it('is exported as CSV with the same rows', async () => {
  const [header, ...lines] = await csv();
  expect(header).toBe(
    'campaign_id,user_id,arrival_no,status,created_at,updated_at,grant_seq,promoted_at,slot_from_user_id,' +
      'slot_from_arrival_no,failure_reason,paid_at,payout_reference',
  );
  expect(lines.pop()).toBe('');
  const quoted = (text: string | null): string =>
    text?.includes('"') ? `"${text.replaceAll('"', '""')}"` : (text ?? '');
  expect(lines).toEqual(
    (await people()).map((one) =>
      [
        ...['drop', one.userId, one.arrivalNo, one.status, one.createdAt, one.updatedAt, one.grantSeq ?? ''],
        ...[one.promotedAt ?? '', one.slotFrom?.userId ?? '', one.slotFrom?.arrivalNo ?? ''],
        ...[one.failureReason ?? '', one.paidAt ?? '', quoted(one.payoutReference)],
      ].join(','),
    ),
  );
  expect((await csv('status=WAITING&status=LEFT')).length).toBe(4);
});

it('names the earlier holder of a slot that came free before anybody waited, which is no promotion', async () => {
  await client.createCampaign({ id: 'early', capacity: 1, waitingCapacity: 1, reversalPolicy: 'regrant' });
  await client.claim('early', 2); // whose wallet is closed
  await eventually(async () => expect((await client.status('early', 2)).body.status).toBe('FAILED'));
  await eventually(async () =>
    expect((await client.stats('early')).body.gate).toMatchObject({ available: 1 }),
  );
  await client.claim('early', 21);
  const [, second] = await people('', { id: 'early' });
  expect(second).toMatchObject({ userId: '21', promotedAt: null, slotFrom: { userId: '2', arrivalNo: 1 } });
  expect((await client.stats('early')).body.postgres).toMatchObject({ failed: 1, promoted: 0 });
});

it('shows money that came back although the slot stays used', async () => {
  await client.createCampaign({ id: 'kept', capacity: 1, reversalPolicy: 'keep' });
  await client.claim('kept', 31);
  await eventually(async () => expect((await client.status('kept', 31)).body.status).toBe('SUCCESS'));
  await world.rows(`UPDATE payouts SET state = 'REVERSED' WHERE campaign_id = 'kept'`);
  expect(await people('', { id: 'kept' })).toMatchObject([{ status: 'REVERSED', failureReason: 'reversed' }]);
  expect((await client.stats('kept')).body.postgres).toMatchObject({ success: 0, failed: 0, reversed: 1 });
});

it('shows who waited until the campaign ended', async () => {
  await client.changeCampaign('drop', { state: 'CLOSED' });
  await expectStatus(10, 'ENDED');
  expect(idsOf(await people('status=ENDED'))).toEqual([10]);
  expect(idsOf(await people('status=LEFT'))).toEqual([11]);
  expect((await client.stats('drop')).body.postgres).toMatchObject({ waiting: 0, ended: 1, left: 1 });
});

it('a CSV begins before a long search has found anybody, and can be stopped meanwhile', async () => {
  await client.createCampaign({ id: 'sparse', capacity: 2, waitingCapacity: 0 });
  await world.rows(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
     VALUES ('sparse', 1, 1, 1, now()), ('sparse', 2, 2, 1000000000000, now())`,
  );
  const csv = peopleAsCsv(api.app.get(PeopleReport), 'sparse', { status: ['SUCCESS'] });
  expect((await csv.next()).value).toMatch(/^campaign_id,[a-z_,]+\r\n$/);
  expect(await csv.next()).toEqual({ done: false, value: '' });
  expect((await csv.return()).done).toBe(true);
});
