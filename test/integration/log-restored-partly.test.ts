import { RestoreRefused } from '../../src/transparency/restoring/restore-refused.js';
import { SetBackLog, takenBack } from '../support/set-back-log.js';

let setBack: SetBackLog;

beforeEach(async () => (setBack = await SetBackLog.open()));
afterEach(() => setBack.close());

const payouts = (id: string, state: string) =>
  setBack.client.operate('patch', `campaigns/${id}/payouts`, { state, reason: 'a test' });

it('says again what held before, when an outcome of an early claim was lost', async () => {
  await setBack.client.createCampaign({ id: 'early', capacity: 2, waitingCapacity: 3 });
  await payouts('early', 'STOPPED');
  for (const userId of [1, 2, 3, 4]) await setBack.claim('early', userId);
  await setBack.client.revoke('early', 2);
  await setBack.client.changeCampaign('early', { state: 'PAUSED' });
  await setBack.log.has('early', ['revoked 2 2', 'promote 3 2', 'state 2 4']);
  await setBack.log.published();
  const copy = await setBack.lose(async () => {
    await setBack.client.changeCampaign('early', { state: 'OPEN' });
    await payouts('early', 'RUNNING');
    await setBack.log.has('early', ['paid 1 1', 'paid 3 2']);
  });
  expect(takenBack(await setBack.restore(copy))).toEqual(['early 1 4']);
  await setBack.start();
  await setBack.client.changeCampaign('early', { state: 'CLOSED' });
  await payouts('early', 'RUNNING');
  const leaves = await setBack.log.leavesUpTo('end', 'early');
  const again = leaves.slice(leaves.indexOf('restored 1 4'));
  expect(again.filter((leaf) => /^(claim|revoked|promote)/.test(leaf)).sort()).toEqual([
    ...['claim 1 1', 'claim 2 2', 'claim 3 -', 'claim 4 -', 'promote 3 2', 'revoked 2 2'],
  ]);
  const revisions = again.filter((leaf) => leaf.startsWith('state')).map((leaf) => leaf.split(' ')[1]);
  expect(revisions.slice(0, 2)).toEqual(['2', '3']);
  expect(again.at(-1)).toBe('end 4 2 1 0 1');
  await setBack.log.published(['early: broken-promise 1 - 4']);
});

it('takes nothing back when the database holds what was logged later', async () => {
  await setBack.client.createCampaign({ id: 'lagging', capacity: 2 });
  await setBack.claim('lagging', 1);
  await setBack.log.leavesUpTo('paid', 'lagging');
  const signed = await setBack.log.published();
  const copy = await setBack.copy();
  await setBack.stop();
  // As a standby has it that got the claim and not the leaves.
  await setBack.world
    .rows(`SET session_replication_role = replica; DELETE FROM log_leaves WHERE leaf LIKE 'v1 paid %';
    UPDATE log_state SET size = size - 1, checkpoint_size = size - 1;
    UPDATE log_tiles SET hashes = substr(hashes, 1, length(hashes) - 32); SET session_replication_role = DEFAULT`);
  const restored = await setBack.restore(copy);
  expect({ ...restored }).toEqual({ had: signed - 1, signed, size: signed, campaigns: [] });
  await setBack.start();
  await setBack.claim('lagging', 2);
  await setBack.log.leavesUpTo('end', 'lagging');
  await setBack.log.published();
});

it('refuses a copy that is shorter, or of another history', async () => {
  await setBack.client.createCampaign({ id: 'refused', capacity: 2 });
  await setBack.claim('refused', 1);
  await setBack.log.leavesUpTo('paid', 'refused');
  await setBack.log.published();
  const short = await setBack.copy();
  const copy = await setBack.lose(async () => {
    await setBack.claim('refused', 2);
    await setBack.log.leavesUpTo('end', 'refused');
  });
  await expect(setBack.restore(short)).rejects.toThrow(RestoreRefused);
  await expect(setBack.restore('/nowhere')).rejects.toThrow(RestoreRefused);
  await setBack.world.rows(`UPDATE change_readers SET xid = '9999999999999'::xid8`);
  await expect(setBack.restore(copy)).rejects.toThrow('a dump in another cluster');
  await setBack.world.rows(`UPDATE change_readers SET xid = '3'::xid8`);
  await setBack.world.rows(`SET session_replication_role = replica;
    UPDATE log_tiles SET hashes = overlay(hashes PLACING '\\x00' FROM 1) WHERE level = 0;
    SET session_replication_role = DEFAULT`);
  await expect(setBack.restore(copy)).rejects.toThrow('are not the log that was signed');
});

it('stops a campaign whose leaves cannot be read or break the rules, and goes on with all others', async () => {
  for (const id of ['broken', 'strange', 'sound']) {
    await setBack.client.createCampaign({ id, capacity: 2 });
    await setBack.claim(id, 1);
    await setBack.log.has(id, ['paid 1 1']);
  }
  await setBack.log.published();
  const found = ['broken: paid-once', 'log: malformed-leaf'];
  const copy = await setBack.lose(async () => {
    await setBack.claim('sound', 2);
    await setBack.log.leavesUpTo('end', 'sound');
    const [paid = ''] = (await setBack.log.leaves()).filter((leaf) => leaf.startsWith('v1 paid broken 1 '));
    await setBack.publish([paid, 'v1 newer strange 1']);
  }, found);
  const restored = await setBack.restore(copy);
  expect(takenBack(restored)).toEqual(['sound 2 2', 'broken 1 0 stopped', 'strange 1 0 stopped']);
  await setBack.start();
  await setBack.claim('sound', 3);
  await setBack.log.leavesUpTo('end', 'sound');
  await setBack.log.published([...found, 'sound: broken-promise 2 - 2']);
});
