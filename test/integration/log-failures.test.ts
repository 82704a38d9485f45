import { DataSource } from 'typeorm';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { World } from '../support/world.js';

describe.each(['log.ordered', 'log.committed', 'log.signed', 'log.kept', 'log.published'])(
  'a failure at %s',
  (failpoint) => {
    it('leaves one history, with everything in it once', async () => {
      const world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
      const log = new LogReader(world);
      const client = new Client(await world.start('api'));
      await world.start('worker', { FAILPOINTS: `${failpoint}:error@2` });
      await eventually(async () => expect(await log.leaves()).not.toEqual([]));
      await log.begun();
      await client.createCampaign({ id: 'failing', capacity: 3 });
      for (const userId of [1, 2, 3]) await client.claim('failing', userId);
      const leaves = await log.leavesUpTo('end', 'failing');
      expect(leaves.filter((leaf) => leaf.startsWith('claim'))).toEqual([
        'claim 1 1',
        'claim 2 2',
        'claim 3 3',
      ]);
      expect(leaves.at(-1)).toBe('end 3 3 0 0 0');
      await log.published();
      await world.close();
    });
  },
);

it('reads again what was logged lately, and not what the writer knew when it began', async () => {
  const world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '3600000' });
  const log = new LogReader(world);
  const client = new Client(await world.start('api'));
  const before = await world.start('worker');
  await log.begun();
  await client.createCampaign({ id: 'long', capacity: 3, waitingCapacity: 3, reversalPolicy: 'regrant' });
  for (const userId of [1, 2]) await client.claim('long', userId);
  await log.has('long', ['claim 1 1', 'claim 2 2', 'paid 1 1', 'paid 2 2']);
  await log.published();
  await before.close();
  const known = (await log.leaves()).length;

  const asked = jest.spyOn(DataSource.prototype, 'query');
  await world.start('worker', { FAILPOINTS: 'log.kept:error@2' });
  await log.published();
  for (const userId of [3, 4, 5]) {
    await client.claim('long', userId);
    await log.has('long', [userId === 3 ? 'claim 3 3' : `claim ${userId} -`]);
    await log.published();
  }
  const reads = asked.mock.calls.filter(([sql]) => sql.includes('leaf AS line FROM log_leaves'));
  const [first, ...again] = reads.map(([, parameters]) => Number((parameters as unknown[])[0]));
  expect(first).toBeLessThan(known);
  expect(again).not.toEqual([]);
  for (const from of again) expect(from).toBeGreaterThanOrEqual(known);
  asked.mockRestore();
  await world.close();
});
