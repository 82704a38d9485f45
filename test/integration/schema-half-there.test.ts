import { randomBytes } from 'node:crypto';
import { REQUIRED } from '../../migrations/schema/required.js';
import { runAudit } from '../../src/audit/run-audit.js';
import { payoutKey } from '../../src/ledger/payout-key.js';
import { PayoutConclusions } from '../../src/payouts/payout-conclusions.js';
import { EventLog } from '../../src/platform/logging/event-log.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { reapAll } from '../support/reap-all.js';
import { adminToken } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

// A schema that is away or half there: refused at the start, 503 while running, and well again when it is mended.

let world: World;
let running: RunningApp | undefined;
/** Owns nothing, and has the privileges that the service requires and no others. */
const role = `limited_${randomBytes(4).toString('hex')}`;

const tables = Object.keys(REQUIRED) as (keyof typeof REQUIRED)[];
const grantOn = (table: keyof typeof REQUIRED): string =>
  `GRANT ${REQUIRED[table].rights} ON ${table} TO ${role}`;

beforeAll(async () => {
  world = await World.create();
  await world.rows(`CREATE ROLE ${role} LOGIN PASSWORD 'of-a-test'`);
  await world.rows(`GRANT SELECT ON migrations TO ${role}`);
  for (const table of tables) await world.rows(grantOn(table));
});

afterAll(async () => {
  await running?.close();
  await world.rows(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await world.close();
});

function asRole(): Record<string, string> {
  const url = new URL(world.variables.DATABASE_URL ?? '');
  url.username = role;
  url.password = 'of-a-test';
  return { DATABASE_URL: url.href };
}

const NO_MIGRATION = '1764100004000';

/** What is done to the schema, how it is mended, and what the refusal names. */
const DAMAGES: readonly (readonly [what: string, damage: string, mend: string, named: RegExp])[] = [
  [
    'a table',
    `ALTER TABLE payout_events RENAME TO away`,
    `ALTER TABLE away RENAME TO payout_events`,
    /lacks table payout_events/,
  ],
  [
    'the view',
    `ALTER VIEW waiting_line RENAME TO away`,
    `ALTER VIEW away RENAME TO waiting_line`,
    /lacks table waiting_line/,
  ],
  [
    'the table of migrations',
    `ALTER TABLE migrations RENAME TO away`,
    `ALTER TABLE away RENAME TO migrations`,
    /no table migrations .*npm run migrate/,
  ],
  [
    'an index',
    `ALTER INDEX user_grants_to_begin RENAME TO away`,
    `ALTER INDEX away RENAME TO user_grants_to_begin`,
    /lacks user_grants_to_begin of user_grants/,
  ],
  [
    'a unique index',
    `ALTER INDEX user_grants_live_slot_unique RENAME TO away`,
    `ALTER INDEX away RENAME TO user_grants_live_slot_unique`,
    /lacks user_grants_live_slot_unique/,
  ],
  [
    'a trigger',
    `ALTER TRIGGER user_grants_status_is_final ON user_grants RENAME TO away`,
    `ALTER TRIGGER away ON user_grants RENAME TO user_grants_status_is_final`,
    /lacks user_grants_status_is_final/,
  ],
  [
    'a trigger that was switched off',
    `ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_sum_to_zero`,
    `ALTER TABLE ledger_entries ENABLE TRIGGER ledger_entries_sum_to_zero`,
    /lacks ledger_entries_sum_to_zero/,
  ],
  [
    'a constraint',
    `ALTER TABLE ledger_accounts RENAME CONSTRAINT ledger_accounts_not_overdrawn TO away`,
    `ALTER TABLE ledger_accounts RENAME CONSTRAINT away TO ledger_accounts_not_overdrawn`,
    /lacks ledger_accounts_not_overdrawn/,
  ],
  [
    'a migration',
    `UPDATE migrations SET timestamp = 1 WHERE timestamp = ${NO_MIGRATION}`,
    `UPDATE migrations SET timestamp = ${NO_MIGRATION} WHERE timestamp = 1`,
    /lacks migration 1764100004000: run npm run migrate/,
  ],
  [
    'a right on one table',
    `REVOKE INSERT ON payouts FROM ${role}`,
    `GRANT INSERT ON payouts TO ${role}`,
    /lacks INSERT on payouts: GRANT/,
  ],
  [
    'the right to read which migrations ran',
    `REVOKE SELECT ON migrations FROM ${role}`,
    `GRANT SELECT ON migrations TO ${role}`,
    /lacks SELECT on migrations: GRANT/,
  ],
  [
    'rows, which a policy hides',
    `ALTER TABLE user_grants ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE user_grants DISABLE ROW LEVEL SECURITY`,
    /a role that sees all rows of user_grants/,
  ],
  [
    'all of it, since search_path leads elsewhere',
    `ALTER ROLE ${role} SET search_path = elsewhere`,
    `ALTER ROLE ${role} RESET search_path`,
    /search_path \(elsewhere\)/,
  ],
];

describe('at the start', () => {
  it.each(DAMAGES)('%s missing is refused in a sentence that names it', async (_, damage, mend, named) => {
    await world.rows(damage);
    try {
      await expect(world.start('api', asRole())).rejects.toThrow(named);
    } finally {
      await world.rows(mend);
    }
    await (await world.start('api', asRole())).close();
  });

  it('a schema that a later release has migrated is taken as that release left it', async () => {
    await world.rows(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`);
    await world.rows(`ALTER INDEX user_grants_to_begin RENAME TO renamed_later`);
    try {
      await (await world.start('api', asRole())).close();
    } finally {
      await world.rows(`ALTER INDEX renamed_later RENAME TO user_grants_to_begin`);
      await world.rows(`DELETE FROM migrations WHERE timestamp = 9999999999999`);
    }
  });
});

describe('with the required privileges and no others', () => {
  /** Causes of log lines that tell of a statement that was refused (42501). */
  const refused = new Set<string>();

  beforeAll(() => {
    const write = EventLog.prototype.write;
    jest.spyOn(EventLog.prototype, 'write').mockImplementation(function (this: EventLog, event, facts) {
      if (JSON.stringify(facts ?? {}).includes('permission denied'))
        refused.add(`${event}: ${JSON.stringify(facts)}`);
      write.call(this, event, facts);
    });
  });

  afterAll(() => jest.restoreAllMocks());
  afterEach(() => {
    expect([...refused]).toEqual([]);
  });

  async function instance(variables = {}): Promise<[RunningApp, Client]> {
    const app = await world.start('all', { ...asRole(), FINISH_AFTER_MS: '0', ...variables });
    return [app, new Client(app)];
  }

  /** The status of an operator's call. */
  const operated = async (client: Client, path: string, body: object, method: 'post' | 'patch' = 'patch') =>
    (await client.operate(method, path, { reason: 'a test of privileges', ...body })).status;

  it('people claim, wait and leave, are paid by the ledger, and the campaign comes to its end', async () => {
    const [app, client] = await instance();
    await client.createCampaign({ id: 'whole', capacity: 3, waitingCapacity: 4 });
    for (const state of ['STOPPED', 'PAUSED', 'OPEN'])
      expect(
        await operated(client, `campaigns/whole${state === 'STOPPED' ? '/payouts' : ''}`, { state }),
      ).toBe(200);
    for (const user of [1, 2, 3, 4, 5, 6]) expect((await client.claim('whole', user)).status).toBe(202);
    expect((await client.leave('whole', 5)).status).toBe(200);
    expect((await client.revoke('whole', 1)).status).toBe(200);
    expect((await client.closeWallet(2)).status).toBe(200);
    expect(await operated(client, 'campaigns/whole/payouts', { state: 'RUNNING' })).toBe(200);
    // A clock that was set back, which the reaper ends.
    await world.rows(`UPDATE campaign_upkeep SET next_look_at = now() + interval '1 day'`);
    await eventually(async () => {
      const [end] = await world.rows(
        `SELECT gate_retired_at IS NOT NULL AND NOT EXISTS (SELECT FROM campaign_upkeep WHERE campaign_id = id) AS gone,
                (SELECT array_agg(user_id::int ORDER BY user_id) FROM payouts WHERE campaign_id = id AND state = 'SETTLED') AS paid
           FROM campaigns WHERE id = 'whole'`,
      );
      expect(end).toEqual({ gone: true, paid: [3, 4, 6] });
    });
    await app.close();
  });

  it('the reaper closes campaigns, passes on what came back, deletes passing events', async () => {
    const [app, client] = await instance({ PAYOUT_HOLD_AFTER_MS: '1000', REVERSAL_WINDOW_MS: '3600000' });
    await client.createCampaign({ id: 'reaped', capacity: 2, waitingCapacity: 2, reversalPolicy: 'regrant' });
    expect(await operated(client, 'campaigns/reaped/payouts', { state: 'STOPPED' })).toBe(200);
    for (const user of [1, 2, 3]) expect((await client.claim('reaped', user)).status).toBe(202);
    await world.rows(
      `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, attempts, first_sent_at, due_at)
       SELECT 'reaped', n, 'grant:reaped:' || n, 'DUE', '{}', 1, now() - interval '1 day', now() FROM generate_series(1, 2) AS n`,
    );
    await world.rows(
      `INSERT INTO provider_events (id, type, idempotency_key, effect, body, received_at)
       VALUES ('old', 'transfer.settled', 'grant:reaped:1', 'known', '{}', now() - interval '1 year')`,
    );
    await reapAll(world, app);
    await eventually(async () => {
      expect(await world.rows(`SELECT FROM provider_events`)).toEqual([]);
    });
    for (const [user, state] of [
      ['1', 'REVERSED'],
      ['2', 'SETTLED'],
    ] as const)
      await app.app.get(PayoutConclusions).conclude({
        ...{ idempotencyKey: payoutKey('reaped', user), state, providerReference: 'tr_1', reason: null },
      });
    await eventually(async () => expect((await client.status('reaped', 3)).body.status).toBe('PENDING'));
    await world.rows(`UPDATE campaigns SET closes_at = now() WHERE id = 'reaped'`);
    expect(await operated(client, 'campaigns/reaped/payouts', { state: 'RUNNING' })).toBe(200);
    await eventually(async () => {
      expect((await client.status('reaped', 3)).body.status).toBe('SUCCESS');
      expect(await world.rows(`SELECT FROM campaigns WHERE id = 'reaped' AND state = 'CLOSED'`)).toHaveLength(
        1,
      );
    });
    await app.close();
  });
});

describe('while it runs', () => {
  let app: RunningApp;
  let client: Client;
  let campaigns = 0;

  beforeAll(async () => {
    running = app = await world.start('all', asRole());
    client = new Client(app);
  });

  /** A campaign with some people in it, one of them in the line. */
  async function campaignWithPeople(): Promise<string> {
    const id = `c-${(campaigns += 1)}`;
    await client.createCampaign({ id, capacity: 4, waitingCapacity: 8 });
    for (const user of [1, 2]) expect((await client.claim(id, user)).status).toBe(202);
    return id;
  }

  /** Everybody is where they were or would be, and everybody in a slot is paid. */
  async function expectWell(id: string): Promise<void> {
    for (const user of [1, 2, 3, 4, 5])
      await eventually(async () => {
        const { status, body } = await client.claim(id, user);
        expect({ status, body }).toMatchObject({
          status: expect.any(Number),
          body: { userId: String(user) },
        });
        expect(status).toBeLessThan(300);
      });
    for (const user of [1, 2]) expect((await client.claim(id, user)).body).toMatchObject({ arrivalNo: user });
    await eventually(async () =>
      expect((await client.stats(id)).body).toMatchObject({
        conserved: true,
        postgres: { pending: 0, success: 4 },
      }),
    );
    const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
    const audit = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 3 }, id);
    expect(audit.checks.flatMap(({ violations }) => violations)).toEqual([]);
  }

  /** Every call that Postgres has to do with; what each was answered. */
  async function askEverything(id: string): Promise<{ asked: string; status: number; retryAfter: string }[]> {
    const authorization = `Bearer ${await adminToken()}`;
    const gets = [
      ...['', '/stats', '/grants', '/grants.csv', '/payouts', '/payouts/1', '/payout-decisions'].map(
        (path) => `/v1/campaigns/${id}${path}`,
      ),
      ...['/v1/payouts', '/v1/wallets/KRW/1', '/v1/admin-acts'],
    ];
    const posts: [method: 'post' | 'patch', path: string, body: object][] = [
      ['post', '/v1/campaigns', { id: `${id}-2`, name: 'x', capacity: 1, amount: 1, currency: 'KRW' }],
      ['patch', `/v1/campaigns/${id}`, { state: 'OPEN' }],
      ['patch', `/v1/campaigns/${id}/payouts`, { state: 'RUNNING', reason: 'a test of what is away' }],
      ['patch', '/v1/wallets/KRW/99', { state: 'CLOSED', reason: 'a test' }],
      [
        'post',
        `/v1/campaigns/${id}/payout-decisions`,
        { decision: 'RESEND', reason: 'a test of what is away' },
      ],
    ];
    const answers = await Promise.all([
      ...[1, 3, 4, 5].map(async (user) => ['claim', await client.claim(id, user)] as const),
      ...[1, 5].map(async (user) => ['status', await client.status(id, user)] as const),
      ...gets.map(
        async (path) => [path, await app.http.get(path).set('Authorization', authorization)] as const,
      ),
      ...posts.map(
        async ([method, path, body]) =>
          [
            `${method} ${path}`,
            await app.http[method](path).set('Authorization', authorization).send(body),
          ] as const,
      ),
    ]);
    return answers.map(([asked, { status, headers }]) => ({
      asked,
      status,
      retryAfter: headers['retry-after'] ?? '',
    }));
  }

  const TABLES = [
    ...['campaigns', 'user_grants', 'waiting_entries', 'payouts', 'payout_stops', 'payout_decisions'],
    ...['ledger_accounts', 'ledger_transactions', 'ledger_entries', 'admin_acts', 'campaign_upkeep'],
    'installation',
  ] as const;

  const AWAY: readonly (readonly [what: string, damage: string, mend: string])[] = [
    ...TABLES.map(
      (table) =>
        [
          `the table ${table}`,
          `ALTER TABLE ${table} RENAME TO away`,
          `ALTER TABLE away RENAME TO ${table}`,
        ] as const,
    ),
    ...TABLES.map(
      (table) => [`all rights on ${table}`, `REVOKE ALL ON ${table} FROM ${role}`, grantOn(table)] as const,
    ),
    [
      'a column',
      `ALTER TABLE user_grants RENAME COLUMN begun_at TO away`,
      `ALTER TABLE user_grants RENAME COLUMN away TO begun_at`,
    ],
    [
      'a function of a trigger',
      `ALTER FUNCTION campaigns_need_a_look() RENAME TO away`,
      `ALTER FUNCTION away() RENAME TO campaigns_need_a_look`,
    ],
    [
      'the function that says which database this is',
      `ALTER FUNCTION database_identity() RENAME TO away`,
      `ALTER FUNCTION away() RENAME TO database_identity`,
    ],
  ];

  it.each(AWAY)(
    '%s away: never 500, 503 says when to ask again, and all is well when it is back',
    async (_, damage, mend) => {
      const id = await campaignWithPeople();
      await world.rows(damage);
      let answers;
      try {
        answers = await askEverything(id);
      } finally {
        await world.rows(mend);
      }
      expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
      expect(
        answers.filter(({ status, retryAfter }) => status === 503 && !(Number(retryAfter) >= 1)),
      ).toEqual([]);
      await expectWell(id);
    },
  );

  /**
   * What Postgres may say, and what is told of it: 503 where the same may succeed later, 500 where our statement was
   * wrong.
   */
  const STATES: Readonly<Record<number, readonly string[]>> = {
    503: [
      ...['08000', '08003', '08006', '25006', '25P02', '26000', '3F000', '40000', '40001', '40003', '40P01'],
      ...['42501', '42703', '42704', '42883', '42P01', '42P10', '42P05', '53000', '53100', '53200', '53300'],
      ...['53400', '55000', '55006', '55P03', '57000', '57014', '57P01', '57P02', '57P03', '57P05', '58000'],
      '58030',
    ],
    500: ['0A000', '21000', '22003', '22P02', '23502', '23514', '42601', '42804', '54000', 'P0001', 'XX000'],
  };

  it.each(Object.entries(STATES).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)])))(
    'SQLSTATE %s is told as %d, and whoever asked has their place afterwards',
    async (code, status) => {
      const id = `s-${String(code).toLowerCase()}`;
      await client.createCampaign({ id, capacity: 4, waitingCapacity: 8 });
      await client.claim(id, 1);
      await world.rows(`
        CREATE OR REPLACE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = '${code}'; END $$`);
      await world.rows(
        `CREATE TRIGGER trouble BEFORE INSERT ON user_grants FOR EACH STATEMENT EXECUTE FUNCTION trouble()`,
      );
      let answer;
      try {
        answer = await client.claim(id, 2);
      } finally {
        await world.rows(`DROP TRIGGER trouble ON user_grants`);
      }
      const problem = expectProblem(answer, Number(status), status === 503 ? 'unavailable' : 'internal');
      expect(JSON.stringify(problem)).not.toContain('trouble');
      if (status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      await eventually(async () => {
        const { status: now, body } = await client.claim(id, 2);
        expect(now).toBeLessThan(300);
        expect(body).toMatchObject({ arrivalNo: 2, grantSeq: 2 });
      });
    },
  );
});
