import type { FailpointAction } from '../../src/platform/config/settings/process.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { isStopped } from '../support/process-state.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

const POINTS = ['log.ordered', 'log.committed', 'log.signed', 'log.kept', 'log.published'] as const;

/** The second time, so that the log has begun. */
const CASES = POINTS.flatMap((point) =>
  (['kill', 'stop'] as const).map((action): readonly [string, FailpointAction] => [point, action]),
);

afterAll(() => ServiceProcess.killAll());

it.each(CASES)('a writer that breaks at %s (%s) leaves one history to the next', async (point, action) => {
  const world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0', DATABASE_POOL_SIZE: '5' });
  const log = new LogReader(world);
  const client = new Client(await world.start('api'));
  const first = await ServiceProcess.start({
    ...world.variables,
    APP_ROLE: 'worker',
    FAILPOINTS: `${point}:${action}@2`,
  });
  await eventually(async () => expect(await log.leaves()).not.toEqual([]));
  const second = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'worker' });
  await log.begun();
  await client.createCampaign({ id: 'broken', capacity: 5, waitingCapacity: 2 });
  for (const userId of [1, 2, 3]) await client.claim('broken', userId);
  await eventually(async () => {
    if (action === 'kill') expect(first.ending).toEqual({ code: null, signal: 'SIGKILL' });
    else expect(await isStopped(first.pid)).toBe(true);
  });
  const kept = await log.kept();
  for (const userId of [4, 5]) await client.claim('broken', userId);
  const leaves = await log.leavesUpTo('end', 'broken');
  const seen = await log.published();
  if (action === 'stop') {
    first.signal('SIGCONT'); // it finds that it was superseded
    await client.createCampaign({ id: 'afterwards', capacity: 1 });
    await client.claim('afterwards', 9);
    await log.leavesUpTo('end', 'afterwards');
    expect(await log.published()).toBeGreaterThan(seen);
  }
  if (kept !== null) await log.expectBeginning(kept);
  expect(leaves.filter((leaf) => leaf.startsWith('claim'))).toEqual(
    [1, 2, 3, 4, 5].map((no) => `claim ${no} ${no}`),
  );
  expect(leaves.at(-1)).toBe('end 5 5 0 0 0');
  await Promise.all([first.end('SIGKILL'), second.end('SIGTERM')]);
  await world.close();
});
