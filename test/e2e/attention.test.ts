import { Client as PgClient } from 'pg';
import type { AttentionItem } from '../../src/live/attention/attention-code.js';
import { Client } from '../support/client.js';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { operatorToken, tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create({ SLOT_LEASE_MS: '300' });
  api = await world.start('api');
  client = new Client(api);
});

afterAll(() => world.close());

async function items(campaignId?: string | null): Promise<AttentionItem[]> {
  const { status, body, headers } = await client.operate('get', 'attention');
  expect({ status, cache: headers['cache-control'] }).toEqual({ status: 200, cache: 'no-store' });
  const all = (body as { items: AttentionItem[] }).items;
  return campaignId === undefined ? all : all.filter((item) => item.campaignId === campaignId);
}

/** Waits until these, and no others, wait in a campaign. */
function expectCodes(campaignId: string | null, codes: readonly string[]): Promise<AttentionItem[]> {
  return eventually(async () => {
    const found = await items(campaignId);
    expect(found.map(({ code }) => code)).toEqual(codes);
    return found;
  });
}

/** A campaign with grants whose payouts are in this state. */
async function inState(id: string, state: 'HELD' | 'IN_DOUBT', userIds: readonly number[]): Promise<void> {
  await client.createCampaign({ id, capacity: 5 });
  for (const userId of userIds) await client.claim(id, userId);
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, first_sent_at, due_at)
     SELECT $1, n, 'grant:' || $1 || ':' || n, $2, now() - interval '3 hours', now() + interval '1 hour'
       FROM unnest($3::bigint[]) AS n`,
    [id, state, userIds],
  );
}

describe('GET /v1/attention', () => {
  it('is for those who may read', async () => {
    expectProblem(await api.http.get('/v1/attention'), 401, 'invalid-token');
    for (const token of [await tokenOf(1), await operatorToken('1', 'grants:payouts')])
      expectProblem(
        await api.http.get('/v1/attention').set('Authorization', `Bearer ${token}`),
        403,
        'forbidden',
      );
  });

  it('tells of payouts that operators must decide, and of a decision that waits for a second person', async () => {
    await inState('held', 'HELD', [1, 2]);
    const [held] = await expectCodes('held', ['payouts-held']);
    expect(held).toMatchObject({
      ...{ count: 2, href: '/v1/campaigns/held/payouts?state=HELD', nextStep: expect.any(String) },
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect((await client.operate('get', held!.href.slice('/v1/'.length))).body).toMatchObject({
      items: [{ userId: '1' }, { userId: '2' }],
    });

    const body = { decision: 'RESEND', reason: 'the bank never saw them', userIds: ['1', '2'] };
    const proposed = await client.operate('post', 'campaigns/held/payout-decisions', body);
    expect(proposed.status).toBe(201);
    const [, decision] = await expectCodes('held', ['payouts-held', 'decision-to-approve']);
    expect(decision).toMatchObject({ count: 1, href: '/v1/campaigns/held/payout-decisions' });

    const other = await operatorToken('8', 'grants:payouts');
    const path = `campaigns/held/payout-decisions/${(proposed.body as { id: string }).id}/approval`;
    expect((await client.operate('post', path, {}, other)).status).toBe(200);
    await eventually(async () =>
      expect((await items('held')).map(({ code }) => code)).not.toContain('payouts-held'),
    );
  });

  it('tells of differences from the provider’s books, until a reconciliation finds none', async () => {
    await client.createCampaign({ id: 'books', capacity: 5 });
    const compared = (at: string, remaining: number) =>
      world.rows(
        `INSERT INTO reconciliation_reports (campaign_id, compared_at, applied, remaining, undecided)
         VALUES ('books', $1, 0, $2, 0)
         ON CONFLICT (campaign_id) DO UPDATE SET compared_at = excluded.compared_at, remaining = excluded.remaining`,
        [at, remaining],
      );
    await compared('2026-01-01T00:00:00Z', 2);
    const [differ] = await expectCodes('books', ['books-differ']);
    expect(differ).toMatchObject({
      ...{ count: 2, since: '2026-01-01T00:00:00.000Z', href: '/v1/campaigns/books/reconciliation' },
      nextStep: expect.stringContaining('npm run reconcile'),
    });
    await compared('2026-01-02T00:00:00Z', 0);
    await expectCodes('books', []);
  });

  it('tells of payouts in doubt, and since when', async () => {
    await inState('doubt', 'IN_DOUBT', [3]);
    const [doubt] = await eventually(async () => {
      const found = await items('doubt');
      expect(found[0]).toMatchObject({ code: 'payouts-in-doubt', count: 1 });
      return found;
    });
    expect(Date.now() - new Date(doubt!.since!).getTime()).toBeGreaterThan(10_000_000);
  });

  it('goes on telling of a payout in doubt while it is looked up', async () => {
    await inState('looked-up', 'IN_DOUBT', [5, 6]);
    await world.rows(
      `UPDATE payouts SET state = 'SENDING', attempts = 2, due_at = NULL, leased_until = now() + interval '1 hour'
        WHERE campaign_id = 'looked-up' AND user_id = 6`,
    );
    await eventually(async () =>
      expect((await items('looked-up'))[0]).toMatchObject({ code: 'payouts-in-doubt', count: 2 }),
    );
  });

  it('tells of somebody who has waited too long for their money, unless payouts are stopped', async () => {
    await client.createCampaign({ id: 'unpaid', capacity: 5 });
    await client.claim('unpaid', 4);
    await eventually(async () => expect((await items('unpaid')).length).toBe(0));
    await expectCodes('unpaid', ['oldest-unpaid']); // after 20 leases, which are 6 s here
    await client.operate('patch', 'campaigns/unpaid/payouts', { state: 'STOPPED', reason: 'a test' });
    const [stopped] = await expectCodes('unpaid', ['payouts-stopped']);
    expect(stopped).toMatchObject({ count: null, href: '/v1/campaigns/unpaid/payouts' });
    await client.operate('patch', 'campaigns/unpaid/payouts', { state: 'RUNNING', reason: 'a test' });
  });

  it('tells of the stop of all payouts', async () => {
    await client.operate('patch', 'payouts', { state: 'STOPPED', reason: 'a test' });
    await eventually(async () =>
      expect(await items(null)).toContainEqual(
        expect.objectContaining({ code: 'payouts-stopped', href: '/v1/payouts' }),
      ),
    );
    await client.operate('patch', 'payouts', { state: 'RUNNING', reason: 'a test' });
  });

  it('tells what workers say of the provider', async () => {
    for (const [key, code] of [
      ['grant-calls:silence', 'provider-silent'],
      ['grant-calls:unconfigured', 'provider-not-configured'],
    ] as const) {
      await world.redis.set(key, '5000', 'PX', 5_000);
      await eventually(async () => expect((await items(null)).map(({ code }) => code)).toContain(code));
      await world.redis.del(key);
    }
  });

  it('tells of endpoints that were switched off, not by an operator, and of webhooks that wait for long', async () => {
    const endpoint = (values: string): Promise<unknown> =>
      world.rows(
        `INSERT INTO webhook_endpoints (url, description, secret, position, state, off_reason, off_at)
         VALUES ('https://example.com/', '', 'whsec_none', 0, ${values})`,
      );
    await endpoint(`'OFF', 'failing', '2026-01-01T00:00:00Z'`);
    await endpoint(`'OFF', 'gone', '2026-01-02T00:00:00Z'`);
    await endpoint(`'OFF', 'operator', '2025-01-01T00:00:00Z'`);
    await endpoint(`'ON', NULL, NULL`);
    const webhooks = async (): Promise<AttentionItem[]> =>
      (await items(null)).filter(({ code }) => code.startsWith('webhook'));
    const off = {
      ...{ code: 'webhook-endpoint-off', campaignId: null, count: 2, since: '2026-01-01T00:00:00.000Z' },
      ...{ href: '/v1/webhook-endpoints', nextStep: expect.stringContaining('switch it on') },
    };
    await eventually(async () => expect(await webhooks()).toEqual([off]));

    const event = (no: number, ago: string): Promise<unknown> =>
      world.rows(
        `INSERT INTO webhook_events (no, event_id, type, subject, body, recorded_at)
         VALUES ($1::bigint, 'evt_' || $1::bigint, 'grant.granted', 'x/1', '{}', now() - $2::interval)`,
        [no, ago],
      );
    await event(2, '20 minutes');
    await world.rows(`UPDATE webhook_progress SET last_event_no = 2`);
    await eventually(async () => expect(await webhooks()).toEqual([off]));
    await event(1, '40 minutes');
    await eventually(async () =>
      expect(await webhooks()).toEqual([
        off,
        expect.objectContaining({ code: 'webhooks-late', count: 1, since: expect.any(String) }),
      ]),
    );
    await world.rows('DELETE FROM webhook_endpoints');
    await world.rows('DELETE FROM webhook_events');
    await eventually(async () => expect(await webhooks()).toEqual([]));
  });

  it('tells what it can while a part can not be read, and that there may be more', async () => {
    await inState('shown', 'HELD', [21]);
    const holder = new PgClient({ connectionString: world.variables.DATABASE_URL });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE webhook_endpoints');
      await eventually(async () =>
        expect(await items(null)).toContainEqual(
          expect.objectContaining({ code: 'not-read', count: 1, href: '/health/ready' }),
        ),
      );
      await expectCodes('shown', ['payouts-held']);
    } finally {
      await holder.end();
    }
    await eventually(async () =>
      expect((await items(null)).map(({ code }) => code)).not.toContain('not-read'),
    );
  });

  it('tells of a gate that differs from Postgres, where somebody looks at it', async () => {
    await client.createCampaign({ id: 'differs', capacity: 3 });
    await client.claim('differs', 1);
    await world.redis.rpop('grant:{differs}:available');
    const token = await operatorToken('7', 'grants:read');
    const stream = await EventStreamClient.open(api.url, '/v1/campaigns/differs/live', token);
    await eventually(async () => {
      const [first] = await items();
      expect(first).toMatchObject({
        ...{ code: 'gate-differs', campaignId: 'differs', href: '/v1/campaigns/differs/figures' },
      });
    });
    stream.close();
  });

  it('tells that no reaper runs, until one does, which pays what waits', async () => {
    await eventually(async () =>
      expect(await items(null)).toContainEqual(
        expect.objectContaining({ code: 'no-reaper', since: expect.any(String), href: '/health/ready' }),
      ),
    );
    const worker = await world.start('worker');
    await eventually(async () =>
      expect((await items()).map(({ code, campaignId }) => [code, campaignId])).not.toContainEqual([
        'no-reaper',
        null,
      ]),
    );
    await expectCodes('unpaid', []);
    await worker.close();
  });
});
