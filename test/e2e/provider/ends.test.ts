import { readFile } from 'node:fs/promises';
import { runAudit } from '../../../src/audit/run-audit.js';
import { booksOf } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { users } from '../../support/rush.js';
import type { RunningApp } from '../../support/world.js';

let at: ProviderWorld;

beforeAll(async () => {
  at = await ProviderWorld.start('provider-ends', {
    ...{ FINISH_AFTER_MS: '0', PAYOUT_HOLD_AFTER_MS: '300', REVERSAL_WINDOW_MS: '700' },
  });
  await at.subscribe();
});

afterAll(() => at.close());

const statusOf = async (campaignId: string, userId: number): Promise<string> =>
  (await at.client.status(campaignId, userId)).body.status;

async function whileWorking(work: (worker: RunningApp) => Promise<void>): Promise<void> {
  const worker = await at.world.start('worker');
  try {
    await work(worker);
  } finally {
    await worker.close();
  }
}

async function isFinished(campaignId: string): Promise<boolean> {
  const [found] = await at.world.rows<{ is: boolean }>(
    `SELECT gate_retired_at IS NOT NULL AS is FROM campaigns WHERE id = $1`,
    [campaignId],
  );
  return found!.is;
}

async function expectCleanAudit(campaignId: string): Promise<void> {
  const { DATABASE_URL = '', REDIS_URL = '' } = at.world.variables;
  await eventually(async () => {
    const report = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 }, campaignId);
    expect(report.checks.flatMap(({ violations }) => violations)).toEqual([]);
  });
}

const takeBack = (campaignId: string, userId: number): Promise<unknown> =>
  at.bank.control.reverse(`grant:${campaignId}:${userId}`);

describe('R28, R29: money that comes back after the end', () => {
  it.each([
    ['keep', 100],
    ['regrant', 110],
  ] as const)(
    '%s: the money flows on to the treasury, and nothing else changes',
    async (reversalPolicy, first) => {
      const id = `late-${reversalPolicy}`;
      await at.client.createCampaign({ id, capacity: 1, waitingCapacity: 1, reversalPolicy });
      for (const userId of users(first, 2)) await at.client.claim(id, userId);
      await whileWorking(async () => {
        await eventually(async () => expect(await isFinished(id)).toBe(true));
        expect(await statusOf(id, first + 1)).toBe('ENDED');
        await takeBack(id, first);
        await eventually(async () => expect((await at.payout(id, first))?.state).toBe('REVERSED'));
        await new Promise((resolve) => setTimeout(resolve, 300));
      });
      expect(await booksOf(at.world, id)).toMatchObject({ success: 1, failed: 0, pool: 0 });
      expect(
        await at.world.rows(
          `SELECT idempotency_key AS key FROM ledger_transactions WHERE idempotency_key LIKE '%' || $1 || '%' ORDER BY id`,
          [id],
        ),
      ).toEqual([
        { key: `fund:${id}` },
        { key: `grant:${id}:${first}` },
        { key: `reversal:grant:${id}:${first}` },
        { key: `return:grant:${id}:${first}` },
      ]);
      expect(await at.client.claim(id, first + 2)).toMatchObject({ status: 409, body: { code: 'sold-out' } });
      expect(await at.world.redis.keys(`*{${id}}*`)).toEqual([]);
      await expectCleanAudit(id);
    },
  );

  it('regrant, within the window: the slot is granted again, and the window starts again', async () => {
    await at.client.createCampaign({
      ...{ id: 'in-time', capacity: 1, waitingCapacity: 2 },
      reversalPolicy: 'regrant',
    });
    for (const userId of users(120, 3)) await at.client.claim('in-time', userId);
    await whileWorking(async () => {
      await eventually(async () => expect(await statusOf('in-time', 120)).toBe('SUCCESS'));
      await takeBack('in-time', 120);
      await eventually(async () => expect(await statusOf('in-time', 121)).toBe('SUCCESS'));
      await eventually(async () => expect(await isFinished('in-time')).toBe(true));
    });
    expect(await statusOf('in-time', 120)).toBe('FAILED');
    expect(await statusOf('in-time', 122)).toBe('ENDED');
    await expectCleanAudit('in-time');
  });
});

describe('a campaign is closed while one payout is held and people wait', () => {
  it.each([
    ['SETTLED', 200, ['SUCCESS', 'ENDED', 'ENDED']],
    ['REJECTED', 210, ['FAILED', 'SUCCESS', 'ENDED']],
  ] as const)(
    '%s: those who wait are promoted, or told the end, without asking',
    async (state, first, expected) => {
      const id = `held-${first}`;
      await at.bank.control.planFault({ userId: String(first) }, 'timeoutBefore', 100_000);
      await at.client.createCampaign({ id, capacity: 1, waitingCapacity: 2 });
      for (const userId of users(first, 3)) await at.client.claim(id, userId);
      await whileWorking(async () => {
        await eventually(async () => expect((await at.payout(id, first))?.state).toBe('HELD'));
        await at.client.changeCampaign(id, { state: 'CLOSED' });
        await new Promise((resolve) => setTimeout(resolve, 400));
        expect(await isFinished(id)).toBe(false);
        expect(await Promise.all(users(first, 3).map((userId) => statusOf(id, userId)))).toEqual([
          ...['PENDING', 'WAITING', 'WAITING'],
        ]);
        const decided = await at.client.decide(id, first, { state, reason: 'the bank told us so' });
        expect(decided.status).toBe(200);
        await eventually(async () => {
          const ends = await at.world.rows<{ status: string }>(
            `SELECT COALESCE(g.status, CASE WHEN w.ended_at IS NULL THEN 'WAITING' ELSE 'ENDED' END) AS status
             FROM unnest($2::bigint[]) AS asked (user_id)
             LEFT JOIN user_grants g ON g.campaign_id = $1 AND g.user_id = asked.user_id
             LEFT JOIN waiting_entries w ON w.campaign_id = $1 AND w.user_id = asked.user_id ORDER BY asked.user_id`,
            [id, users(first, 3)],
          );
          expect(ends.map(({ status }) => status)).toEqual(expected);
          expect(await isFinished(id)).toBe(true);
        });
      });
      await expectCleanAudit(id);
    },
  );
});

describe('R25: revoking a grant for which nothing was sent', () => {
  it('fails the grant, records the reason, and gives the slot to the next in line', async () => {
    await at.client.createCampaign({ id: 'revoked', capacity: 1, waitingCapacity: 1 });
    for (const userId of [300, 301]) await at.client.claim('revoked', userId);
    const { status, body } = await at.client.revoke('revoked', 300, 'two accounts of one person');
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'REVOKED', attempts: 0 });
    expect(body.events).toMatchObject([
      { event: 'REVOKED', detail: 'two accounts of one person', actor: '1' },
    ]);
    expect(await statusOf('revoked', 300)).toBe('FAILED');
    expect(await at.client.status('revoked', 301)).toMatchObject({
      body: { status: 'PENDING', grantSeq: 1 },
    });
    expect((await at.client.revoke('revoked', 300)).body.events).toHaveLength(1); // repeating it changes nothing
    await whileWorking(async () => {
      await eventually(async () => expect(await statusOf('revoked', 301)).toBe('SUCCESS'));
      expect(await at.moved('revoked')).toEqual({ 301: 1 });
      await expectCleanAudit('revoked');
    });
    expect(await at.client.revoke('revoked', 301)).toMatchObject({
      status: 409,
      body: { code: 'illegal-transition', claimStatus: 'SUCCESS', payout: 'SETTLED' },
    });
    expect(await at.client.revoke('revoked', 999)).toMatchObject({ status: 404, body: { code: 'no-claim' } });
    expect(
      await at.world.rows(
        `SELECT actor, reason, detail FROM admin_acts WHERE act = 'grant-revoked' AND campaign_id = 'revoked'`,
      ),
    ).toEqual([{ actor: '1', reason: 'two accounts of one person', detail: { userId: '300', grantSeq: 1 } }]);
  });

  it('is refused once anything may have been sent', async () => {
    await at.bank.control.planFault({ userId: '310' }, 'timeoutBefore', 100_000);
    await at.client.createCampaign({ id: 'doubtful', capacity: 1, waitingCapacity: 1 });
    await at.client.claim('doubtful', 310);
    await whileWorking(async () => {
      await eventually(async () => expect((await at.payout('doubtful', 310))?.state).toBe('HELD'));
    });
    expect(await at.client.revoke('doubtful', 310)).toMatchObject({
      status: 409,
      body: { claimStatus: 'PENDING', payout: 'HELD' },
    });
    expect(await statusOf('doubtful', 310)).toBe('PENDING');
  });

  it('excludes the workers: each grant is either paid or revoked, never both', async () => {
    const people = users(400, 60);
    await at.client.createCampaign({ id: 'contested', capacity: 60, waitingCapacity: 0 });
    await Promise.all(people.map((userId) => at.client.claim('contested', userId)));
    let revoked: number[] = [];
    await whileWorking(async () => {
      const answers = await Promise.all(
        people.map(async (userId) => [userId, (await at.client.revoke('contested', userId)).status] as const),
      );
      expect(answers.filter(([, status]) => ![200, 409, 503].includes(status))).toEqual([]);
      revoked = answers.filter(([, status]) => status === 200).map(([userId]) => userId);
      await eventually(async () =>
        expect(
          await at.world.rows(
            `SELECT user_id FROM user_grants WHERE campaign_id = 'contested' AND status = 'PENDING'`,
          ),
        ).toEqual([]),
      );
      await expectCleanAudit('contested');
    });
    const moved = await at.moved('contested');
    const log = await readFile(at.bank.logFile, 'utf8');
    for (const userId of revoked) {
      expect(moved[String(userId)]).toBeUndefined();
      expect(log).not.toContain(`"grant:contested:${userId}"`);
    }
    expect(Object.keys(moved)).toHaveLength(people.length - revoked.length);
  });
});
