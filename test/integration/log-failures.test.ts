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
