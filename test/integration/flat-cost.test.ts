import { DataSource } from 'typeorm';
import type { Environment } from '../../src/platform/config/environment.js';
import type { GateKeeper } from '../../src/grants/slots/gate-keeper.js';
import type { SlotService } from '../../src/grants/slots/slot.service.js';
import { ChangeFeed } from '../../src/changes/change-feed.js';
import { ClaimStore } from '../../src/grants/claims/claim.store.js';
import { PeopleReport } from '../../src/campaigns/reports/people-report.js';
import { PERSON_STATUSES } from '../../src/campaigns/reports/person.js';
import { SoldOutCheck } from '../../src/grants/claims/sold-out-check.js';
import type { ProviderPauses } from '../../src/payouts/by-provider/provider-pauses.js';
import { HeldUpPayouts } from '../../src/payouts/operators/held-up.js';
import { PayoutReports } from '../../src/payouts/operators/payout-reports.js';
import { ALL_ARRIVALS } from '../../src/payouts/by-ledger/pending-grants.js';
import { postgresOptions } from '../../src/platform/postgres/postgres-options.js';
import { payArrivals } from '../support/pay-arrivals.js';
import { UserGrant } from '../../src/grants/user-grant.entity.js';
import { beginTelling, endTelling } from '../../src/webhooks-out/events/begin-telling.js';
import { World } from '../support/world.js';

// The cost of a batch does not depend on the size of the campaign, not even while it is younger than Postgres'
// statistics, or with plans made when the tables were small. Measured by the rows and index entries that Postgres
// reads.

const GRANTED = 20_000;
const BATCH = 50;
/** Far more than a batch needs, whose statements look up each item a dozen times; far less than the campaign has. */
const MOST_READ = BATCH * 60;

/** How many rows each rare state has, at the end of the campaign. */
const RARE = 20;

const ENVIRONMENT = { REQUEST_DEADLINE_MS: 60_000, SLOT_LEASE_MS: 60_000 } as Environment;

const CHANGED = 'user_grants, payouts, payout_events, ledger_accounts, ledger_transactions, ledger_entries';

let world: World;
/** A single connection: its cached plans are known, and it can be told to report what it has read. */
let source: DataSource;
let claims: ClaimStore;
let soldOut: SoldOutCheck;
let people: PeopleReport;
let payoutReports: PayoutReports;
let heldUp: HeldUpPayouts;
/** The last arrival of the line. */
let lastInLine: number;

/** @param analyzed number of claims when autovacuum last took statistics (it needs at least 50 changes); 0: never */
async function begin(analyzed: number): Promise<void> {
  world = await World.create();
  source = new DataSource(
    postgresOptions({
      url: world.variables['DATABASE_URL'] ?? '',
      ...{ poolSize: 1, statementTimeoutMs: 60_000, applicationName: 'test', looksUpByKey: true },
    }),
  ).setOptions({ entities: [UserGrant] });
  await source.initialize();
  claims = new ClaimStore(source);
  soldOut = new SoldOutCheck(claims, {} as GateKeeper, {} as SlotService, ENVIRONMENT);
  people = new PeopleReport(source.getRepository(UserGrant), ENVIRONMENT);
  payoutReports = new PayoutReports(source, ENVIRONMENT);
  heldUp = new HeldUpPayouts(source, {} as ProviderPauses, ENVIRONMENT);
  await open('small', 100);
  // Each statement is planned while the tables have one page, and often enough for the plan to be cached.
  for (let arrival = 1; arrival <= 70; arrival++) {
    if (arrival === analyzed + 1 && analyzed > 0) await source.query(`VACUUM ANALYZE ${CHANGED}`);
    await record('small', [arrival]);
    await claims.find('small', [String(arrival)]);
    await payArrivals(source, 'small', ALL_ARRIVALS, BATCH);
  }
  await open('large', 2 * GRANTED);
  await source.query(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
     SELECT 'large', n, n, n, now() FROM generate_series(1, $1::int) AS n`,
    [GRANTED],
  );
  await source.query(
    `INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at)
     SELECT 'large', $1::int * 10 + n, $1::int * 10 + n, now() FROM generate_series(1, $1::int) AS n`,
    [GRANTED],
  );
  await source.query(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at, status)
     SELECT 'large', n, 1, n, now(), 'FAILED' FROM generate_series($1::int * 5, $1::int * 5 + $2::int - 1) AS n`,
    [GRANTED, RARE],
  );
  for (const [state, from] of [
    ['SETTLED', GRANTED / 2],
    ['HELD', GRANTED - 2 * RARE],
    ['REJECTED', GRANTED - RARE],
  ] as const)
    await source.query(
      `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state)
       SELECT 'large', n, 'grant:large:' || n, $1 FROM generate_series($2::int + 1, $3::int) AS n`,
      [state, from, state === 'SETTLED' ? GRANTED - 2 * RARE : from + RARE],
    );
  await beginHalfOpen();
  await beginOneSlot();
  lastInLine = GRANTED * 11;
  await soldOut.confirm(fullAsOf(lastInLine)); // counts the whole line
}

/** Most are paid or under way; of what is asked for, RARE are in each state, at the end. */
async function beginHalfOpen(): Promise<void> {
  await open('half-open', GRANTED);
  await source.query(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at, status)
     SELECT 'half-open', n, n, n, now(), CASE WHEN n > $1::int - 2 * $2::int THEN 'PENDING' ELSE 'SUCCESS' END
       FROM generate_series(1, $1::int) AS n`,
    [GRANTED, RARE],
  );
  await source.query(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, attempts, due_at)
     SELECT 'half-open', n, 'grant:half-open:' || n, state, CASE state WHEN 'REVOKED' THEN 0 ELSE 1 END, now() + n * interval '1 s'
       FROM generate_series(1, $1::int - $2::int) AS n,
            LATERAL (SELECT CASE WHEN n <= $1::int / 2 THEN 'SETTLED'
                                 WHEN n <= $1::int - 5 * $2::int THEN 'DUE'
                                 WHEN n <= $1::int - 4 * $2::int THEN 'SENDING'
                                 WHEN n <= $1::int - 3 * $2::int THEN 'REVERSED'
                                 WHEN n <= $1::int - 2 * $2::int THEN 'REVOKED'
                                 ELSE 'IN_DOUBT' END AS state) AS its`,
    [GRANTED, RARE],
  );
  await source.query(
    `INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at, promoted_at, ended_at, left_at)
     SELECT 'half-open', n, n, now(), CASE WHEN n <= $1::int THEN now() END,
            CASE WHEN n > $1::int + $2::int THEN now() END, CASE WHEN n > $1::int + 2 * $2::int THEN now() END
       FROM generate_series(1, $1::int + 3 * $2::int) AS n`,
    [GRANTED, RARE],
  );
}

/** A slot that nobody could be paid for. */
async function beginOneSlot(): Promise<void> {
  await open('one-slot', 1);
  await source.query(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at, status)
     SELECT 'one-slot', n, 1, n, now(), 'FAILED' FROM generate_series(1, $1::int) AS n`,
    [GRANTED],
  );
}

function fullAsOf(lastArrivalNo: number) {
  return { campaignId: 'large', gate: '0', epoch: '0', rebuiltUpTo: GRANTED * 10, lastArrivalNo };
}

/** One more user takes a place in the line that became free, and the next is told "sold out". */
async function turnAwayAfterAFreedPlace(): Promise<void> {
  const arrivalNo = ++lastInLine;
  const state = 'WAITING' as const;
  const createdAt = 1_763_800_000_000;
  await claims.insert('large', '0', [
    { userId: String(arrivalNo), arrivalNo, grantSeq: null, createdAt, state },
  ]);
  expect(await soldOut.confirm(fullAsOf(arrivalNo))).toBe(true);
}

/** As the first endpoint for webhooks does, with no more claims under way than come in a batch; and takes it back. */
function beginWebhooks(): Promise<void> {
  const feed = new ChangeFeed(source);
  return source.transaction(async (transaction) => {
    await beginTelling(transaction, feed, BATCH);
    await endTelling(transaction, feed);
  });
}

async function findRare(page: Promise<{ readonly items: readonly unknown[] }>): Promise<void> {
  expect((await page).items).toHaveLength(RARE);
}

async function end(): Promise<void> {
  await source.destroy();
  await world.close();
}

async function open(id: string, capacity: number): Promise<void> {
  await source.query(
    `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency, payout_provider)
     VALUES ($1, $1, $2, $2, 10, 'KRW', 'ledger')`,
    [id, capacity],
  );
  await source.query(
    `INSERT INTO ledger_accounts (kind, campaign_id, currency, balance) VALUES ('CAMPAIGN', $1, 'KRW', $2::int * 10)`,
    [id, capacity],
  );
}

function record(id: string, arrivals: readonly number[]): Promise<unknown> {
  const state = 'PROCESSING' as const;
  const createdAt = 1_763_800_000_000;
  return claims.insert(
    id,
    '0',
    arrivals.map((n) => ({ userId: String(n), arrivalNo: n, grantSeq: n, createdAt, state })),
  );
}

/** How many rows and index entries Postgres has read. Other connections may report later, but have read nothing. */
async function readSoFar(): Promise<number> {
  await source.query('SELECT pg_stat_force_next_flush()');
  await source.query('SELECT 1');
  const [read] = await source.query<{ sum: string }[]>(
    `SELECT (SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_user_tables)
          + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes) AS sum`,
  );
  return Number(read?.sum);
}

async function readBy(work: () => Promise<unknown>): Promise<number> {
  const before = await readSoFar();
  await work();
  return (await readSoFar()) - before;
}

const numbers = (first: number): number[] => Array.from({ length: BATCH }, (_, i) => first + i);
const users = (first: number): string[] => numbers(first).map(String);

const STEPS = [
  ['recording a batch of claims', (shift: number) => record('large', numbers(GRANTED + 1 + shift))],
  ['finding these claims', (shift: number) => claims.find('large', users(GRANTED + 1 + shift))],
  ['finding people in the line', (shift: number) => claims.find('large', users(GRANTED * 10 + 1 + shift))],
  ['checking whether slots are live', (shift: number) => claims.liveSlots('large', numbers(1 + shift))],
  ['paying a batch', () => payArrivals(source, 'large', ALL_ARRIVALS, BATCH)],
  ['paying the next', () => payArrivals(source, 'large', ALL_ARRIVALS, BATCH)],
  ['answering "sold out" after a freed place', () => turnAwayAfterAFreedPlace()],
  ['listing people', () => findRare(people.page('half-open', {}, GRANTED - RARE, RARE))],
  [
    'listing people of some arrivals',
    () => findRare(people.page('large', { arrivalFrom: GRANTED }, 0, RARE)),
  ],
  ['listing who had one slot', () => findRare(people.page('one-slot', {}, GRANTED - RARE, RARE))],
  ['listing failed people', () => findRare(people.page('large', { status: ['FAILED'] }, 0, RARE))],
  ['listing held payouts', () => findRare(payoutReports.page('large', 'HELD', '0', RARE))],
  ['listing rejected payouts', () => findRare(payoutReports.page('large', 'REJECTED', '0', RARE))],
  ...PERSON_STATUSES.filter((status) => status !== 'FAILED').map(
    (status) =>
      [
        `listing people who are ${status}`,
        () => findRare(people.page('half-open', { status: [status] }, 0, RARE)),
      ] as const,
  ),
  [
    'listing people who are out of the line',
    () => findRare(people.page('half-open', { status: ['ENDED', 'LEFT', 'REVOKED'] }, 0, RARE)),
  ],
  ['listing all payouts', () => findRare(payoutReports.page('half-open', undefined, '0', RARE))],
  ['listing settled payouts', () => findRare(payoutReports.page('half-open', 'SETTLED', '0', RARE))],
  ['listing due payouts', () => findRare(payoutReports.page('half-open', 'DUE', '0', RARE))],
  ['listing payouts being sent', () => findRare(payoutReports.page('half-open', 'SENDING', '0', RARE))],
  ['listing payouts in doubt', () => findRare(payoutReports.page('half-open', 'IN_DOUBT', '0', RARE))],
  ['listing reversed payouts', () => findRare(payoutReports.page('half-open', 'REVERSED', '0', RARE))],
  ['listing revoked payouts', () => findRare(payoutReports.page('half-open', 'REVOKED', '0', RARE))],
  ['telling why payouts wait', () => heldUp.of('half-open')],
  ['beginning to tell by webhooks', () => beginWebhooks()],
] as const;

describe.each([0, 50])('with statistics as of %i claims', (analyzed) => {
  beforeAll(() => begin(analyzed));
  afterAll(end);

  it.each(STEPS)('%s reads in proportion to the batch', async (_, step) => {
    const read = await readBy(async () => step(0));
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(MOST_READ);
  });

  it.each(STEPS)('%s still does when the statistics include the campaign', async (what, step) => {
    if (what === STEPS[0][0]) await source.query('VACUUM ANALYZE');
    const read = await readBy(async () => step(10 * BATCH));
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(MOST_READ);
  });
});
