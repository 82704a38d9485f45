import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { Campaign } from '../../src/campaigns/campaign.entity.js';
import { GateOwnership } from '../../src/grants/slots/gate-ownership.js';
import { payoutKey } from '../../src/ledger/payout-key.js';
import { SetBackPayouts } from '../../src/payouts/by-ledger/set-back-payouts.js';
import { Attempts } from '../../src/payouts/by-provider/attempts.js';
import { PayoutSwitch } from '../../src/payouts/operators/payout-switch.js';
import { Revocations } from '../../src/payouts/operators/revocations.js';
import { PayoutConclusions } from '../../src/payouts/payout-conclusions.js';
import { takeOver } from '../../src/payouts/reconciliation/take-over.js';
import { Environment } from '../../src/platform/config/environment.js';
import { Upkeep } from '../../src/reaper/upkeep.js';
import { Client } from '../support/client.js';
import { pendingCampaign } from '../support/pending-campaign.js';
import { type RunningApp, World } from '../support/world.js';

const CAMPAIGN = 'locked';

const reason = 'the bank has shown its books';

let world: World;
let api: RunningApp;
let client: Client;
let lastUser = 0;

beforeAll(async () => {
  // Nothing listens there; no worker runs.
  world = await World.create({
    PAYOUT_HTTP_URL: 'http://127.0.0.1:1',
    PAYOUT_HTTP_SECRET: 'a-secret-for-trying-it',
  });
  api = await world.start('api');
  client = new Client(api);
  await pendingCampaign(world, client, {
    id: CAMPAIGN,
    capacity: 20,
    reversalPolicy: 'regrant',
    payoutProvider: 'http',
  });
});

afterAll(() => world.close());

/** Somebody with a grant, and a payout in this state if one is named. */
async function somebody(payout?: 'HELD' | 'SETTLED'): Promise<string> {
  const userId = String(++lastUser);
  if (payout === undefined) return userId;
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at)
     VALUES ($1, $2, $3, 'HELD', '{}', now())`,
    [CAMPAIGN, userId, payoutKey(CAMPAIGN, userId)],
  );
  if (payout === 'SETTLED') await conclude('SETTLED')(userId);
  return userId;
}

const conclude =
  (state: 'SETTLED' | 'REVERSED') =>
  (userId: string): Promise<unknown> =>
    api.app.get(PayoutConclusions).conclude({
      ...{ idempotencyKey: payoutKey(CAMPAIGN, userId), state, providerReference: 'tr_1', reason: null },
    });

const source = (): DataSource => api.app.get(DataSource);

async function operate(method: 'post' | 'patch', path: string, body: Record<string, unknown>): Promise<void> {
  const answer = await client.operate(method, `campaigns/${CAMPAIGN}/${path}`, { reason, ...body });
  expect({ path, status: answer.status }).toEqual({ path, status: method === 'post' ? 201 : 200 });
}

/** Ends when `work` has, or waits for what `session` has locked. */
async function underWay(session: pg.PoolClient, work: Promise<unknown>): Promise<void> {
  let isOver = false;
  void work.finally(() => (isOver = true)).catch(() => undefined);
  const pid = (await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  for (;;) {
    const waiting = await world.rows(`SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))`, [
      pid,
    ]);
    if (isOver || waiting.length > 0) return;
    await sleep(10);
  }
}

/** Runs `act` while a session holds what `first` locks; then the session goes on to what `next` locks, and both end. */
async function meet(
  act: () => Promise<unknown>,
  [first, next]: readonly [string, string],
  parameters: readonly unknown[],
): Promise<void> {
  const session = await world.pg.connect();
  try {
    await session.query('BEGIN');
    await session.query(first, parameters.slice(0, 2));
    const acted = act();
    await underWay(session, acted);
    await session.query(next, [...parameters]); // Postgres ends one of two that wait for each other (40P01)
    await session.query('ROLLBACK');
    await acted;
  } finally {
    session.release(true);
  }
}

/** As whoever has the grant and comes to its payout. */
const GRANT_THEN_PAYOUT = [
  `SELECT FROM user_grants WHERE campaign_id = $1 AND user_id = $2 FOR UPDATE`,
  `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, attempts) VALUES ($1, $2, $3, 'REVOKED', 0)
   ON CONFLICT (campaign_id, user_id) DO UPDATE SET updated_at = now()`,
] as const;

const takers = {
  'news that it is settled': ['HELD', conclude('SETTLED')],
  'news that it came back': ['SETTLED', conclude('REVERSED')],
  'an operator’s decision': [
    'HELD',
    (userId: string) => operate('patch', `payouts/${userId}`, { state: 'SETTLED' }),
  ],
  'a decision on many': [
    'HELD',
    (userId: string) => operate('post', 'payout-decisions', { decision: 'SETTLED', userIds: [userId] }),
  ],
  'a revocation': [
    undefined,
    (userId: string) =>
      api.app.get(Revocations).revoke({ campaignId: CAMPAIGN, userId, reason, operator: '1' }),
  ],
  'a first attempt': [
    undefined,
    (userId: string) =>
      new Attempts(source(), api.app.get(Environment), api.app.get(GateOwnership)).take(CAMPAIGN, [userId]),
  ],
  'a setback': [
    undefined,
    (userId: string) =>
      new SetBackPayouts(source(), api.app.get(Environment)).setBack(CAMPAIGN, userId, 'sqlstate-22003'),
  ],
  'a take-over from the statement': [
    undefined,
    (userId: string) =>
      takeOver(
        source(),
        CAMPAIGN,
        {
          ...{ id: 'tr_2', idempotencyKey: payoutKey(CAMPAIGN, userId), campaignId: CAMPAIGN, userId },
          ...{ amount: 10, currency: 'KRW', state: 'settled', reason: null },
        },
        'reconcile',
      ),
  ],
} as const;

describe('whoever waits for a lock holds none that comes later in the order of locks', () => {
  it.each(Object.keys(takers) as (keyof typeof takers)[])(
    '%s holds no payout while it waits for the grant',
    async (name) => {
      const [state, act] = takers[name];
      const userId = await somebody(state);
      await meet(() => act(userId), GRANT_THEN_PAYOUT, [CAMPAIGN, userId, payoutKey(CAMPAIGN, userId)]);
    },
  );

  it.each([
    ['the turn', `SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0)), $2`],
    ['campaign_upkeep', `SELECT $2 FROM campaign_upkeep WHERE campaign_id = $1 FOR UPDATE`],
  ])(
    'news that money came back, of which it is news that it had moved, holds no account while it waits for %s',
    async (_, first) => {
      await conclude('SETTLED')(await somebody('HELD')); // the provider has an account now
      const userId = await somebody('HELD');
      const account = `SELECT $1, $2 FROM ledger_accounts WHERE kind = 'PROVIDER' FOR UPDATE`;
      await meet(() => conclude('REVERSED')(userId), [first, account], [CAMPAIGN, 'x']);
    },
  );

  it('campaigns are woken and put back to rest in order of their ids', async () => {
    for (const id of ['second', 'first']) await client.createCampaign({ id, capacity: 1 });
    const firstThenSecond = ['first', 'second'].map(
      (id) => `SELECT $1, $2 FROM campaign_upkeep WHERE campaign_id = '${id}' FOR UPDATE`,
    ) as [string, string];
    const upkeep = new Upkeep(source(), source().getRepository(Campaign), api.app.get(Environment));
    const asleep = `UPDATE campaign_upkeep SET next_look_at = now() + interval '1 hour'`;
    for (const act of [
      () => api.app.get(PayoutSwitch).turnAll('RUNNING', { actor: '1' }),
      () =>
        upkeep.putBack(
          new Map([
            ['second', 'nothing'],
            ['first', 'nothing'],
          ]),
        ),
    ]) {
      await world.rows(asleep);
      await world.rows(`INSERT INTO payout_stops (campaign_id) VALUES ('*') ON CONFLICT DO NOTHING`);
      await meet(act, firstThenSecond, ['x', 'y']);
    }
  });
});
