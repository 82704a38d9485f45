import { eventually } from '../../support/eventually.js';
import { LogReader, logVariables } from '../../support/log-reader.js';
import { ProviderWorld } from '../../support/provider-world.js';

// From HTTP to the leaf: money that came back, and numbers that were lost with a gate.

let at: ProviderWorld;
let log: LogReader;

beforeAll(async () => {
  at = await ProviderWorld.start('log-of-reversals', {
    ...{ ...logVariables(), FINISH_AFTER_MS: '0' },
    SLOT_LEASE_MS: '20000', // so that the reaper does not roll forward what is to be lost
  });
  await at.subscribe();
  log = new LogReader(at.world);
  await at.world.start('worker');
  await log.begun();
});

afterAll(() => at.close());

/** A 503 is safe to repeat. */
async function claim(campaignId: string, userId: number): Promise<void> {
  await eventually(async () => expect((await at.client.claim(campaignId, userId)).status).toBeLessThan(300));
}

it('keep: the person stays paid, and the leaf may come after the end', async () => {
  await at.client.createCampaign({ id: 'kept', capacity: 1, waitingCapacity: 0, reversalPolicy: 'keep' });
  await claim('kept', 1);
  await log.leavesUpTo('end', 'kept');
  await at.bank.control.reverse('grant:kept:1');
  const leaves = await log.leavesUpTo('reversed', 'kept');
  expect(leaves.filter((leaf) => !leaf.startsWith('state'))).toEqual([
    ...['terms 1 0', 'epoch 0', 'claim 1 1', 'full 1', 'paid 1 1', 'end 1 1 0 0 0', 'reversed 1 1 keep'],
  ]);
  await log.published();
});

it('lost: numbers that a gate had given to nobody who was told are said to be lost', async () => {
  await at.client.createCampaign({ id: 'losing', capacity: 9, waitingCapacity: 0 });
  await claim('losing', 11);
  await log.has('losing', ['claim 1 1']);
  await at.inside.decide('losing', [12, 13]); // numbers 2 and 3, in Redis only
  await at.inside.decideAndRecord('losing', [14]);
  await at.world.redis.flushdb();
  await claim('losing', 15);
  await log.has('losing', ['lost 2 3', 'claim 4 4', 'epoch 4', 'claim 5 2']);
  await log.published();
});
