import { SetBackLog, takenBack } from '../support/set-back-log.js';

let setBack: SetBackLog;

beforeEach(async () => (setBack = await SetBackLog.open()));
afterEach(() => setBack.close());

it('goes on with one history, and names what was lost', async () => {
  await setBack.client.createCampaign({ id: 'half', capacity: 3, waitingCapacity: 2 });
  await setBack.client.createCampaign({ id: 'kept', capacity: 2 });
  await setBack.claim('kept', 1);
  for (const userId of [1, 2]) await setBack.claim('half', userId);
  await setBack.log.has('half', ['paid 1 1', 'paid 2 2']);
  await setBack.log.has('kept', ['paid 1 1']);
  await setBack.log.published();
  const copy = await setBack.lose(async () => {
    for (const userId of [3, 4]) await setBack.claim('half', userId);
    await setBack.log.leavesUpTo('end', 'half');
    await setBack.client.createCampaign({ id: 'young', capacity: 2 });
    await setBack.claim('young', 1);
    await setBack.log.leavesUpTo('paid', 'young');
  });
  await setBack.start(); // the service goes on, and gives a lost number to somebody else
  await setBack.claim('half', 5);
  const before = await setBack.log.leaves();
  const tried = await setBack.restore(copy, false);
  expect(takenBack(tried)).toEqual(['half 3 4', 'young 1 1 stopped']);
  expect(await setBack.log.leaves()).toEqual(before);
  const restored = await setBack.restore(copy);
  expect(takenBack(restored)).toEqual(takenBack(tried));
  await setBack.claim('kept', 2);
  await setBack.log.leavesUpTo('end', 'kept');
  const leaves = await setBack.log.leavesUpTo('end', 'half');
  const after = leaves.slice(leaves.indexOf('restored 3 4')).filter((leaf) => !leaf.startsWith('state'));
  expect(after).toEqual(['restored 3 4', 'epoch 2', 'claim 3 3', 'paid 3 3', 'end 3 3 0 0 0']);
  const broken = ['half: broken-promise 3 - 4', 'young: broken-promise 1 - 1'];
  expect(await setBack.log.published(broken)).toBeGreaterThan(restored.signed);
  expect((await setBack.restore(copy)).campaigns).toEqual([]);
  expect(await setBack.brokenByAudit('half')).toEqual([]);
});
