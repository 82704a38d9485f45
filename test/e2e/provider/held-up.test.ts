import { findFreePort } from '../../../tools/stack/servers/free-port.js';
import { reconcile } from '../../../src/payouts/reconciliation/reconcile.js';
import { Client } from '../../support/client.js';
import { eventually } from '../../support/eventually.js';
import { ofAnEarlierRelease } from '../../support/of-an-earlier-release.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';
import type { RunningApp } from '../../support/world.js';

let at: ProviderWorld;

beforeEach(async () => {
  at = await ProviderWorld.start('provider-held-up', { PAYOUT_HOLD_AFTER_MS: '3600000' });
});

afterEach(() => at.close());

async function heldUp(client: Client, campaignId: string): Promise<string[]> {
  const { status, body } = await client.operate('get', `campaigns/${campaignId}/payouts?limit=1`);
  expect(status).toBe(200);
  return body.heldUp as string[];
}

async function statuses(client: Client, campaignId: string, userIds: readonly number[]): Promise<string[]> {
  const answers = await Promise.all(userIds.map((userId) => client.status(campaignId, userId)));
  return answers.map(({ body }) => body.status as string);
}

describe('operators are told why payouts of a campaign wait', () => {
  it('after Postgres was set back, if the campaign names no provider: until it is compared', async () => {
    await at.client.createCampaign({ id: 'before', capacity: 1, waitingCapacity: 0 });
    await at.client.createCampaign({ id: 'lost', capacity: 4, waitingCapacity: 0 });
    await ofAnEarlierRelease(at.world, 'lost');
    let worker: RunningApp = await at.world.start('worker');
    await at.client.claim('before', 1);
    await eventually(async () => expect(await statuses(at.client, 'before', [1])).toEqual(['SUCCESS']));
    await worker.close();
    await rush([at.client], 'lost', users(1, 2));
    await at.api.close();
    const backup = await at.world.backUp();

    let api = await at.world.start('api');
    worker = await at.world.start('worker');
    await rush([new Client(api)], 'lost', users(3, 2));
    await eventually(async () => expect(Object.keys(await at.moved('lost'))).toHaveLength(4));
    await worker.close();
    await api.close();
    await backup.restore();

    const byLedger = { PAYOUT_PROVIDER: 'ledger' };
    api = await at.world.start('api', byLedger);
    await at.world.start('worker', byLedger);
    const client = new Client(api);
    await eventually(async () => expect(await heldUp(client, 'lost')).toEqual(['COMPARE_FIRST']));
    expect(await heldUp(client, 'before')).toEqual([]); // nobody waits
    expect(await statuses(client, 'lost', [1, 2])).toEqual(['PENDING', 'PENDING']);

    const compare = () =>
      reconcile(
        {
          databaseUrl: at.world.variables.DATABASE_URL ?? '',
          provider: { url: at.bank.url, secret: at.bank.secret },
          apply: true,
        },
        'lost',
        () => undefined,
      );
    await compare();
    await eventually(async () => expect(await heldUp(client, 'lost')).toEqual([]));
    expect(await statuses(client, 'lost', [1, 2])).toEqual(['SUCCESS', 'SUCCESS']);

    await rush([client], 'lost', users(3, 2)); // the backup knows nothing of them
    await eventually(async () =>
      expect(await statuses(client, 'lost', users(3, 2))).toEqual(['SUCCESS', 'SUCCESS']),
    );
    expect(await heldUp(client, 'lost')).toEqual([]);
    expect(Object.values(await at.moved('lost'))).toEqual([1, 1, 1, 1]);
  });

  it('while they are stopped, and while the provider tells nothing', async () => {
    await at.client.createCampaign({ id: 'stuck', capacity: 3, waitingCapacity: 0 });
    const turn = (path: string, state: string) =>
      at.client.operate('patch', path, { state, reason: 'fraud?' });
    await turn('campaigns/stuck/payouts', 'STOPPED');
    expect(await heldUp(at.client, 'stuck')).toEqual(['STOPPED']);
    await turn('payouts', 'STOPPED');
    expect(await heldUp(at.client, 'stuck')).toEqual(['ALL_STOPPED', 'STOPPED']);
    for (const path of ['campaigns/stuck/payouts', 'payouts']) await turn(path, 'RUNNING');
    expect(await heldUp(at.client, 'stuck')).toEqual([]);

    await at.bank.control.setOdds({ errorBefore: 1, getError: 1 });
    const worker = await at.world.start('worker', {
      PAYOUT_HTTP_BREAKER_AFTER: '2',
      PAYOUT_HTTP_BREAKER_MS: '500',
    });
    await rush([at.client], 'stuck', users(1, 3));
    await eventually(async () =>
      expect(await heldUp(at.client, 'stuck')).toEqual(['IN_DOUBT', 'PROVIDER_SILENT']),
    );
    await at.bank.control.setOdds({});
    await eventually(async () => expect(await heldUp(at.client, 'stuck')).toEqual([]));
    await eventually(async () =>
      expect(await statuses(at.client, 'stuck', users(1, 3))).toEqual(Array(3).fill('SUCCESS')),
    );
    await worker.close();

    const busy = await at.refuser(429);
    await at.client.createCampaign({ id: 'busy', capacity: 1, waitingCapacity: 0 });
    await at.world.start('worker', { PAYOUT_HTTP_URL: busy.url });
    await at.client.claim('busy', 1);
    await eventually(async () =>
      expect(await at.world.rows(`SELECT state FROM payouts WHERE campaign_id = 'busy'`)).toEqual([
        { state: 'DUE' }, // put back
      ]),
    );
    await eventually(async () => expect(await heldUp(at.client, 'busy')).toEqual(['PROVIDER_PAUSE']));
    await busy.close();
  });

  it('while the provider refuses our calls or can not be reached, from one trial to the next, however far apart', async () => {
    const refusing = await at.refuser(401);
    const nowhere = `http://127.0.0.1:${await findFreePort()}`;
    for (const [id, url, why] of [
      ['refused', refusing.url, 'PROVIDER_REFUSES'],
      ['unreached', nowhere, 'PROVIDER_SILENT'],
    ] as const) {
      const worker = await at.world.start('worker', {
        PAYOUT_HTTP_URL: url,
        PAYOUT_HTTP_BREAKER_MS: '60000',
      });
      await at.client.createCampaign({ id, capacity: 1, waitingCapacity: 0 });
      await at.client.claim(id, 1);
      await eventually(async () => expect(await heldUp(at.client, id)).toEqual([why]));
      await worker.close();
      await at.world.redis.del('grant-calls:silence'); // as after its time: the next trial is a minute away
      expect(await heldUp(at.client, id)).toEqual([why]);
    }
    await at.world.rows(`UPDATE payouts SET due_at = now() WHERE campaign_id IN ('refused', 'unreached')`);
    await at.world.start('worker');
    for (const id of ['refused', 'unreached'])
      await eventually(async () => expect(await statuses(at.client, id, [1])).toEqual(['SUCCESS']));
    for (const id of ['refused', 'unreached']) expect(await heldUp(at.client, id)).toEqual([]);
    await refusing.close();
  });

  it('when operators have to decide, when the ledger can not make one, and when one is in doubt, whoever asks', async () => {
    const ids = ['held', 'failing', 'doubted'];
    for (const id of ids) {
      const payoutProvider = id === 'failing' ? 'ledger' : 'http';
      await at.client.createCampaign({ id, capacity: 1, waitingCapacity: 0, payoutProvider });
      await at.client.claim(id, 1);
    }
    await at.world.rows(
      `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, attempts, request_body, first_sent_at, due_at)
       VALUES ('held', 1, 'grant:held:1', 'HELD', 1, '{}', now(), NULL),
              ('failing', 1, 'grant:failing:1', 'DUE', 0, '{}', NULL, now() + interval '1 hour'),
              ('doubted', 1, 'grant:doubted:1', 'IN_DOUBT', 1, '{}', now(), now())`,
    );
    const client = new Client(await at.world.start('api', { PAYOUT_PROVIDER: 'ledger' }));
    expect(await Promise.all(ids.map((id) => heldUp(client, id)))).toEqual([
      ['HELD'],
      ['FAILS_ALONE'],
      ['IN_DOUBT'],
    ]);
  });
});
