import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Difference } from '../../../src/payouts/reconciliation/difference.js';
import { reconcile, type Reconciliation } from '../../../src/payouts/reconciliation/reconcile.js';
import type { BankProcess } from '../../../verification/bank/bank-process.js';
import { BankCustomer } from '../../support/bank-customer.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { users } from '../../support/rush.js';

let at: ProviderWorld;

beforeAll(async () => {
  // Payouts in doubt stay in doubt for the duration of the test, and the bank forgets keys soon.
  at = await ProviderWorld.start(
    'provider-reconcile',
    { PAYOUT_RETRY_MS: '3600000', PAYOUT_RETRY_MAX_MS: '3600000' },
    { keyMemoryMs: 1_000 },
  );
  await at.world.start('worker');
});

afterAll(() => at.close());

async function compare(
  campaignId: string,
  apply = false,
  pageSize = 1_000,
): Promise<{ report: Reconciliation; differences: Record<string, string> }> {
  const found: Difference[] = [];
  const report = await reconcile(
    {
      databaseUrl: at.world.variables.DATABASE_URL ?? '',
      provider: { url: at.bank.url, secret: at.bank.secret },
      apply,
      pageSize,
    },
    campaignId,
    (difference) => found.push(difference),
  );
  const differences = Object.fromEntries(
    found.map(({ kind, idempotencyKey, applied }) => [
      idempotencyKey.replace(`grant:${campaignId}:`, ''),
      applied ? `${kind}, applied` : kind,
    ]),
  );
  return { report, differences };
}

/** As if the provider were not configured: an empty variable counts as none. */
const NO_PROVIDER = { PAYOUT_HTTP_URL: '', PAYOUT_HTTP_SECRET: '' };

/** Runs the tool as an operator does. */
async function runTool(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(process.cwd(), 'dist', 'tools', 'reconcile.js'), ...args], {
    env: { PATH: process.env.PATH, ...at.world.variables, ...variables },
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk: Buffer) => (written[stream] += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...written };
}

it('while a secret is exchanged, it is the one that the provider takes, as in the service', async () => {
  await at.client.createCampaign({ id: 'exchanged', capacity: 1, waitingCapacity: 0 });
  await at.client.claim('exchanged', 1);
  await eventually(async () => expect((await at.payout('exchanged', 1))?.state).toBe('SETTLED'));
  const args = ['--campaign', 'exchanged', '--json'];
  for (const list of [`a-secret-yet-to-come|${at.bank.secret}`, `${at.bank.secret}|a-secret-that-went`]) {
    const { code, stdout } = await runTool(args, { PAYOUT_HTTP_SECRET: list });
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, theirs: { settled: { count: 1 } } });
  }
  const { code, stderr } = await runTool(args, { PAYOUT_HTTP_SECRET: 'one-that-it-never-had|nor-this-one' });
  expect([code, stderr]).toEqual([2, expect.stringContaining('it answered 401')]);
  expect(stderr).not.toContain('never-had');
});

it('keeps no transaction open while it asks the provider', async () => {
  const open: unknown[] = [];
  const provider = createServer((_, response) => {
    void at.world
      .rows(
        `SELECT state FROM pg_stat_activity WHERE application_name = 'seonchak-reconcile' AND datname = current_database()
            AND (xact_start IS NOT NULL OR backend_xmin IS NOT NULL)`,
      )
      .then((found) => open.push(found))
      .finally(() => response.end(JSON.stringify({ transfers: [], next: null })));
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const { port } = provider.address() as AddressInfo;
  await reconcile(
    {
      databaseUrl: at.world.variables.DATABASE_URL ?? '',
      provider: { url: `http://127.0.0.1:${port}`, secret: 'any' },
      apply: false,
    },
    'default',
    () => undefined,
  );
  provider.close();
  expect(open).toEqual([[]]);
});

const books = (): Promise<unknown[]> =>
  at.world.rows(
    `SELECT p.campaign_id, p.user_id, state, status, attempts FROM payouts p JOIN user_grants g USING (campaign_id, user_id)
      WHERE campaign_id = 'differs' ORDER BY user_id`,
  );

/** Waits until these are in doubt. No look-up is answered, so what the bank did with their requests stays unknown. */
async function leaveInDoubt(campaignId: string, userIds: readonly number[]): Promise<void> {
  for (const userId of userIds)
    await eventually(async () => expect((await at.payout(campaignId, userId))?.state).toBe('IN_DOUBT'));
}

async function decide(userId: number, state: 'SETTLED' | 'REJECTED'): Promise<void> {
  await eventually(async () =>
    expect((await at.client.decide('differs', userId, { state, reason: 'the operator errs' })).status).toBe(
      200,
    ),
  );
}

/** A request to the bank that Seonchak never made. @returns the status */
async function askBank(
  bank: BankProcess,
  idempotencyKey: string,
  transfer: { campaignId: string; userId: string; amount: number },
): Promise<number> {
  const body = JSON.stringify({ ...transfer, currency: 'KRW' });
  return (await new BankCustomer(bank).post(idempotencyKey, body)).status;
}

describe('P7, R13: two-sided reconciliation', () => {
  it('names every difference, changes nothing unasked, and applies what the payouts’ states allow', async () => {
    const { control } = at.bank;
    const plans = [
      ['1', 'timeoutAfter'],
      ['2', 'reject'],
      ['2', 'timeoutAfter'],
      ['4', 'timeoutAfter'],
      ['5', 'reject'],
      ['5', 'timeoutAfter'],
      ['6', 'timeoutBefore'],
      ['7', 'reject'], // the bank remembers a rejection for ever
    ] as const;
    for (const [userId, fault] of plans) await control.planFault({ userId }, fault);
    for (const userId of ['1', '2', '4', '5', '6']) await control.planFault({ userId }, 'getError', 100_000);
    await askBank(at.bank, 'grant:differs:7', { campaignId: 'differs', userId: '7', amount: 11 });
    await askBank(at.bank, 'grant:differs:999', { campaignId: 'differs', userId: '999', amount: 10 });

    await at.client.createCampaign({ id: 'differs', capacity: 8, waitingCapacity: 3 });
    for (const userId of users(1, 11)) expect((await at.client.claim('differs', userId)).status).toBe(202);
    await leaveInDoubt('differs', [1, 2, 4, 5, 6]);
    await decide(4, 'REJECTED'); // and 9 gets its slot
    await decide(5, 'SETTLED');
    await decide(6, 'SETTLED');
    for (const userId of [3, 8, 9])
      await eventually(async () => expect((await at.payout('differs', userId))?.state).toBe('SETTLED'));
    await control.reverse('grant:differs:3');
    await eventually(async () => {
      await askBank(at.bank, 'grant:differs:8', { campaignId: 'differs', userId: '8', amount: 10 });
      expect(await at.moved('differs')).toMatchObject({ 8: 2 });
    });

    const expected = {
      1: 'settled-there',
      2: 'rejected-there',
      3: 'reversed-there',
      4: 'paid-though-failed',
      5: 'not-settled-there',
      6: 'missing-there',
      7: 'other-terms',
      8: 'paid-twice',
      999: 'unknown-here',
    };
    const before = await books();
    const { report, differences } = await compare('differs');
    expect(differences).toEqual(expected);
    expect(report).toMatchObject({ applied: 0, remaining: 9 });
    expect(report.theirs).toMatchObject({
      settled: { count: 6, sum: '60' }, // 1, 4, 8 twice, 9, 999
      rejected: { count: 3, sum: '31' }, // 2, 5, 7
      reversed: { count: 1, sum: '10' },
    });
    expect(report.ours.SETTLED).toEqual({ count: 5, sum: '50' }); // 3, 5, 6, 8, 9
    expect(await books()).toEqual(before);

    const tool = await runTool(['--campaign', 'differs', '--apply', '--json']);
    expect(tool.code).toBe(1);
    const lines = tool.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ campaignId: 'differs', applied: 3, remaining: 6 });
    expect(lines).toHaveLength(10);
    const { 1: _one, 2: _two, 3: _three, ...left } = expected;
    expect((await compare('differs', true)).differences).toEqual(left);

    const applied = await at.world.rows<{ key: string; event: string }>(
      `SELECT idempotency_key AS key, event FROM payout_events WHERE actor = 'reconcile' ORDER BY idempotency_key`,
    );
    expect(applied).toEqual([
      { key: 'grant:differs:1', event: 'SETTLED' },
      { key: 'grant:differs:2', event: 'REJECTED' },
      { key: 'grant:differs:3', event: 'REVERSED' },
    ]);
    // The reaper tells the gate: a settled slot leaves `processing`, a rejected one goes to the next in line.
    await eventually(async () => expect((await at.client.status('differs', 10)).body.status).toBe('SUCCESS'));
    expect((await at.client.status('differs', 2)).body.status).toBe('FAILED');
    expect((await at.client.status('differs', 11)).body.status).toBe('WAITING');
    await eventually(async () =>
      expect(await at.inside.counts('differs')).toEqual({
        available: 0,
        processing: 1, // 7: the bank knows it with another amount than ours
        settled: 7,
        waiting: 1,
      }),
    );
  });

  it('keeps nobody from a payout for longer than some seconds when it freezes while it applies', async () => {
    for (const fault of ['timeoutAfter', 'getError'] as const)
      await at.bank.control.planFault({ userId: '1500' }, fault, fault === 'getError' ? 100_000 : 1);
    await at.client.createCampaign({ id: 'frozen', capacity: 1, waitingCapacity: 0 });
    await at.client.claim('frozen', 1_500);
    await leaveInDoubt('frozen', [1_500]);
    const states = async (): Promise<string[]> =>
      (
        await at.world.rows<{ state: string }>(
          `SELECT COALESCE(wait_event_type || ', ', '') || state AS state FROM pg_stat_activity
            WHERE application_name = 'seonchak-reconcile' AND datname = current_database()`,
        )
      ).map(({ state }) => state);

    const blocker = await at.world.pg.connect();
    await blocker.query('BEGIN');
    await blocker.query(`SELECT FROM payouts WHERE campaign_id = 'frozen' FOR UPDATE`);
    const tool = spawn(
      process.execPath,
      [join(process.cwd(), 'dist', 'tools', 'reconcile.js'), '--campaign', 'frozen', '--apply'],
      { env: { PATH: process.env.PATH, ...at.world.variables } },
    );
    try {
      await eventually(async () => expect(await states()).toContain('Lock, active'));
      tool.kill('SIGSTOP');
      await blocker.query('COMMIT');
      const holding = 'Client, idle in transaction';
      await eventually(async () => expect(await states()).toContain(holding));
      await eventually(async () => expect(await states()).not.toContain(holding), 20_000);
    } finally {
      tool.kill('SIGKILL');
      blocker.release(true);
    }
  });

  it('does not take a transfer that is missing at the provider for a rejection', async () => {
    await at.bank.control.planFault({ userId: '2000' }, 'timeoutBefore', 100_000);
    await at.client.createCampaign({ id: 'missing', capacity: 1, waitingCapacity: 1 });
    for (const userId of users(2_000, 2)) await at.client.claim('missing', userId);
    await leaveInDoubt('missing', [2_000]);
    expect((await compare('missing', true)).report).toMatchObject({
      differences: {},
      remaining: 0,
      applied: 0,
      undecided: 1,
    });
    const tool = await runTool(['--campaign', 'missing']);
    expect(tool).toMatchObject({ code: 3, stdout: expect.stringContaining('1 undecided: in doubt here') });
    expect(tool.stdout).not.toContain('The two sides agree');
    expect((await at.client.status('missing', 2_000)).body.status).toBe('PENDING');
    expect((await at.client.status('missing', 2_001)).body.status).toBe('WAITING');
  });

  it('finds a payout that both our ledger and the provider have paid', async () => {
    await at.client.createCampaign({ id: 'by-ledger', capacity: 1, payoutProvider: 'ledger' });
    await at.inside.decideAndRecord('by-ledger', [3_000]);
    await at.inside.pay('by-ledger', [3_000]);
    expect((await compare('by-ledger')).differences).toEqual({});
    const tool = await runTool(['--campaign', 'by-ledger']);
    expect(tool).toMatchObject({ code: 0, stdout: expect.stringContaining('\nNothing to compare: ') });
    await askBank(at.bank, 'grant:by-ledger:3000', { campaignId: 'by-ledger', userId: '3000', amount: 10 });
    expect((await compare('by-ledger', true)).differences).toEqual({ 3000: 'paid-by-ledger' });
    await askBank(at.bank, 'grant:by-ledger:3001', { campaignId: 'by-ledger', userId: '3001', amount: 10 });
    expect((await compare('by-ledger', true)).differences).toMatchObject({ 3001: 'unknown-here' });
    expect(await at.world.rows(`SELECT FROM payouts_known_there WHERE campaign_id = 'by-ledger'`)).toEqual(
      [],
    );
  });

  it('needs no provider for a campaign that the ledger pays, and keeps no report of what it did not compare', async () => {
    await at.client.createCampaign({ id: 'ledger-alone', capacity: 1, payoutProvider: 'ledger' });
    const tool = await runTool(['--campaign', 'ledger-alone'], NO_PROVIDER);
    expect(tool).toMatchObject({ code: 0, stderr: '' });
    expect(tool.stdout).toContain(
      '\nNothing to compare: the ledger pays this campaign. No provider was asked',
    );
    const json = await runTool(['--campaign', 'ledger-alone', '--json'], NO_PROVIDER);
    expect(JSON.parse(json.stdout)).toMatchObject({ payoutProvider: 'ledger', theirs: null, remaining: 0 });
    expect(
      await at.world.rows(`SELECT FROM reconciliation_reports WHERE campaign_id = 'ledger-alone'`),
    ).toEqual([]);

    await at.client.createCampaign({ id: 'provider-alone', capacity: 1 });
    const asked = await runTool(['--campaign', 'provider-alone'], NO_PROVIDER);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('PAYOUT_HTTP_URL and')]);
    const half = await runTool(['--campaign', 'ledger-alone'], { PAYOUT_HTTP_SECRET: '' });
    expect([half.code, half.stderr]).toEqual([2, expect.stringContaining('PAYOUT_HTTP_SECRET is required')]);
    const unknown = await runTool(['--campaign', 'nowhere'], NO_PROVIDER);
    expect([unknown.code, unknown.stderr]).toEqual([2, 'There is no campaign nowhere.\n']);
  });

  it('reads a statement of several pages', async () => {
    await at.client.createCampaign({ id: 'pages', capacity: 1 });
    await Promise.all(
      users(1, 25).map((userId) =>
        askBank(at.bank, `grant:pages:${userId}`, {
          campaignId: 'pages',
          userId: String(userId),
          amount: 10,
        }),
      ),
    );
    for (const pageSize of [5, 10, 25]) {
      const { report } = await compare('pages', false, pageSize);
      expect(report).toMatchObject({ differences: { 'unknown-here': 25 }, remaining: 25 });
      expect(report.theirs?.settled).toEqual({ count: 25, sum: '250' });
    }
  });

  it('tells by its exit code whether the sides agree or could not be compared', async () => {
    await at.client.createCampaign({ id: 'agree', capacity: 1 });
    await at.client.claim('agree', 4_000);
    await eventually(async () => expect((await at.payout('agree', 4_000))?.state).toBe('SETTLED'));
    const agree = await runTool(['--campaign', 'agree']);
    const unknown = await runTool(['--campaign', 'no-such-campaign']);
    const mistyped = await runTool(['--campain', 'agree']);
    expect(mistyped).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no option --campain'),
    });
    const unreachable = await runTool(['--campaign', 'agree'], { PAYOUT_HTTP_URL: 'http://127.0.0.1:1' });
    expect(agree).toMatchObject({ code: 0, stderr: '' });
    expect(agree.stdout).toContain('The two sides agree.');
    expect(unknown).toMatchObject({ code: 2, stderr: 'There is no campaign no-such-campaign.\n' });
    expect(unreachable.code).toBe(2);
    expect(unreachable.stderr).toMatch(/^The provider's statement could not be read: .*\n$/);
  });
});

it('keeps what it found for whoever may read, a page at a time, until it compares again', async () => {
  const campaign = 'kept-report';
  const read = async (query = ''): Promise<Record<string, unknown>> =>
    (await at.client.operate('get', `campaigns/${campaign}/reconciliation${query}`)).body as Record<
      string,
      unknown
    >;
  await at.client.createCampaign({ id: campaign, capacity: 2, waitingCapacity: 0 });
  expect(await read()).toEqual({
    ...{ comparedAt: null, applied: 0, remaining: 0, undecided: 0, items: [], next: null },
  });
  for (const user of [1, 2]) await at.client.claim(campaign, user);
  await eventually(async () => {
    for (const user of [1, 2]) expect((await at.payout(campaign, user))?.state).toBe('SETTLED');
  });
  const [reference] = await at.world.rows<{ id: string }>(
    `SELECT provider_reference AS id FROM payouts WHERE idempotency_key = 'grant:${campaign}:1'`,
  );
  await at.bank.control.reverse(`grant:${campaign}:1`);
  await compare(campaign);
  const found = {
    ...{ idempotencyKey: `grant:${campaign}:1`, userId: '1', kind: 'reversed-there', ours: 'SETTLED' },
    ...{ theirs: [`${reference!.id} reversed`], applied: false },
  };
  expect(await read('?limit=1')).toMatchObject({
    ...{ comparedAt: expect.any(String), applied: 0, remaining: 1, undecided: 0 },
    ...{ items: [found], next: found.idempotencyKey },
  });
  expect(await read(`?limit=1&after=${found.idempotencyKey}`)).toMatchObject({ items: [], next: null });
  await compare(campaign, true);
  expect(await read()).toMatchObject({ applied: 1, remaining: 0, items: [{ ...found, applied: true }] });
  // The clock was set back since the last comparison.
  await at.world.rows(
    `UPDATE reconciliation_reports SET compared_at = now() + interval '1 hour' WHERE campaign_id = $1`,
    [campaign],
  );
  await compare(campaign);
  expect(await read()).toMatchObject({ applied: 0, remaining: 0, items: [] });
});
