import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../../support/client.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';
import { World } from '../../support/world.js';

/** Longer than several looks of the reaper and than two leases. */
const A_WHILE_MS = 1_500;

/** @returns the state of payouts afterwards */
const turn = async (client: Client, state: string, campaignId?: string): Promise<string> => {
  const path = campaignId === undefined ? 'payouts' : `campaigns/${campaignId}/payouts`;
  const { status, body } = await client.operate('patch', path, { state, reason: 'the amount is wrong' });
  expect(status).toBe(200);
  return body.state as string;
};

describe('R24: while payouts are stopped, none is taken', () => {
  it('by the provider’s workers: for one campaign, and for all; afterwards everybody is paid', async () => {
    const at = await ProviderWorld.start('provider-stopped');
    try {
      await Promise.all([at.world.start('worker'), at.world.start('worker')]);
      for (const id of ['stopped', 'running'])
        await at.client.createCampaign({ id, capacity: 10, waitingCapacity: 0 });
      await turn(at.client, 'STOPPED', 'stopped');
      await rush([at.client], 'stopped', users(1, 10));
      await rush([at.client], 'running', users(1, 5));
      await eventually(async () => expect(Object.keys(await at.moved('running'))).toHaveLength(5));

      expect(await turn(at.client, 'STOPPED')).toBe('STOPPED');
      expect(await turn(at.client, 'RUNNING', 'stopped')).toBe('STOPPED'); // because all are stopped
      expect((await at.client.operate('get', 'campaigns/stopped/payouts')).body.state).toBe('STOPPED');
      expect((await at.client.operate('get', 'payouts')).body).toMatchObject({
        state: 'STOPPED',
        stops: [{ campaignId: null }],
      });
      await rush([at.client], 'running', users(6, 5));
      await sleep(A_WHILE_MS);
      expect(await at.log('stopped')).toEqual([]);
      expect(Object.keys(await at.moved('running'))).toHaveLength(5);
      expect(await at.world.rows(`SELECT FROM payouts WHERE state <> 'SETTLED'`)).toEqual([]);

      expect(await turn(at.client, 'RUNNING')).toBe('RUNNING');
      await eventually(async () => {
        expect(Object.keys(await at.moved('stopped'))).toHaveLength(10);
        expect(Object.keys(await at.moved('running'))).toHaveLength(10);
      });
    } finally {
      await at.close();
    }
  });

  it('by the ledger’s worker: for one campaign, and for all; afterwards everybody is paid', async () => {
    const world = await World.create();
    try {
      const client = new Client(await world.start('all'));
      for (const id of ['stopped', 'running'])
        await client.createCampaign({ id, capacity: 10, waitingCapacity: 0 });
      const paid = async (id: string): Promise<number> =>
        (await world.rows(`SELECT FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS'`, [id]))
          .length;
      await turn(client, 'STOPPED', 'stopped');
      await rush([client], 'stopped', users(1, 10));
      await rush([client], 'running', users(1, 5));
      await eventually(async () => expect(await paid('running')).toBe(5));
      await turn(client, 'STOPPED');
      await turn(client, 'RUNNING', 'stopped');
      await rush([client], 'running', users(6, 5));
      await sleep(A_WHILE_MS);
      expect([await paid('stopped'), await paid('running')]).toEqual([0, 5]);
      await turn(client, 'RUNNING');
      await eventually(async () => expect([await paid('stopped'), await paid('running')]).toEqual([10, 10]));
    } finally {
      await world.close();
    }
  });
});
