import type { FailpointAction } from '../../src/platform/config/settings/process.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { EventReceiver } from '../support/event-receiver.js';
import { isStopped } from '../support/process-state.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

const CASES = ['webhooks.told', 'webhooks.sent'].flatMap((point) =>
  (['kill', 'stop'] as const).map((action): readonly [string, FailpointAction] => [point, action]),
);

afterAll(() => ServiceProcess.killAll());

it.each(CASES)('a worker that breaks at %s (%s) loses no event', async (point, action) => {
  const world = await World.create({ WEBHOOKS_ALLOWED_ADDRESSES: '127.0.0.1', WEBHOOKS_RETRY_MS: '20' });
  const receiver = await EventReceiver.start();
  const client = new Client(await world.start('api'));
  const { body } = await client.operate('post', 'webhook-endpoints', { url: receiver.url });
  receiver.secrets = [body.secret];
  const variables = { ...world.variables, APP_ROLE: 'worker' };
  const first = await ServiceProcess.start({ ...variables, FAILPOINTS: `${point}:${action}@2` });
  await client.createCampaign({ id: 'broken', capacity: 3, waitingCapacity: 2, reversalPolicy: 'regrant' });
  for (const userId of [1, 2, 3, 4]) await client.claim('broken', userId);
  await eventually(async () => {
    if (action === 'kill') expect(first.ending).toEqual({ code: null, signal: 'SIGKILL' });
    else expect(await isStopped(first.pid)).toBe(true);
  });
  const second = await ServiceProcess.start(variables);
  await client.claim('broken', 5);
  await eventually(() => {
    for (const arrivalNo of [1, 2, 3])
      expect(receiver.toldOf('broken', arrivalNo)).toEqual([
        `grant.granted ${arrivalNo}`,
        `grant.paid ${arrivalNo}`,
      ]);
    for (const arrivalNo of [4, 5])
      expect(receiver.toldOf('broken', arrivalNo)).toEqual([`grant.waiting ${arrivalNo}`]);
  }, 40_000);
  if (action === 'stop') {
    first.signal('SIGCONT'); // it finds that it was superseded
    await client.changeCampaign('broken', { state: 'PAUSED' });
    await eventually(() => expect(receiver.told('broken')).toContain('campaign.state PAUSED'));
  }
  const ids = await world.rows<{ count: number; distinct: number }>(
    `SELECT count(*)::int, count(DISTINCT body)::int AS distinct FROM webhook_events`,
  );
  expect(ids[0]?.distinct).toBe(ids[0]?.count); // nothing was written twice, under whatever id
  expect(receiver.refused).toEqual([]);
  await Promise.all([first.end('SIGKILL'), second.end('SIGTERM')]);
  receiver.close();
  await world.close();
});
