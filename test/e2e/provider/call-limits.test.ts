import { setTimeout as sleep } from 'node:timers/promises';
import { BankProcess } from '../../../verification/bank/bank-process.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';
import { ServiceProcess } from '../../support/service-process.js';

const worlds: ProviderWorld[] = [];

async function start(name: string, variables: Readonly<Record<string, string>>): Promise<ProviderWorld> {
  const at = await ProviderWorld.start(name, variables);
  worlds.push(at);
  return at;
}

afterAll(async () => {
  await ServiceProcess.killAll();
  await Promise.all(worlds.map(({ world }) => world.close()));
  await BankProcess.killAll();
});

/** The times of the campaign's entries in the bank's log, in ms, in order. */
async function times(at: ProviderWorld, campaignId: string): Promise<number[]> {
  const lines = await at.log(campaignId);
  return lines.map((line) => Date.parse(line.at)).sort((a, b) => a - b);
}

async function allPaidOnce(at: ProviderWorld, campaignId: string, userIds: readonly number[]): Promise<void> {
  const expected = Object.fromEntries(userIds.map((userId) => [userId, 1]));
  await eventually(async () => {
    expect(await at.moved(campaignId)).toEqual(expected);
    expect(await at.inside.counts(campaignId)).toMatchObject({ processing: 0, settled: userIds.length });
  }, 45_000);
}

async function claimAll(at: ProviderWorld, campaignId: string, userIds: readonly number[]): Promise<void> {
  await at.client.createCampaign({ id: campaignId, capacity: userIds.length, waitingCapacity: 0 });
  for (const { status } of await rush([at.client], campaignId, userIds)) expect(status).toBe(202);
}

describe('the provider is called no more often than it allows', () => {
  it('two workers together keep to the rate, look-ups included', async () => {
    const rate = 10;
    const at = await start('provider-rate', { PAYOUT_HTTP_RATE: String(rate) });
    const people = users(1, 20);
    // Each payout takes three calls (a request that is cut off, a look-up, the request again); the log shows two.
    for (const userId of people) await at.bank.control.planFault({ userId: String(userId) }, 'resetBefore');
    await Promise.all([at.world.start('worker'), at.world.start('worker')]);
    await claimAll(at, 'rate', people);
    await allPaidOnce(at, 'rate', people);

    const seen = await times(at, 'rate');
    expect(seen).toHaveLength(2 * people.length);
    // 60 calls fill six windows of a second, so there are more than four between the first call and the last.
    expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(4_000);
  });

  it.each([
    ['seconds', false],
    ['a date', true],
  ])(
    '"too many" with Retry-After as %s delays all calls, and counts neither as an attempt nor as a failure',
    async (_, asDate) => {
      const at = await start(`provider-429-${asDate}`, {
        PAYOUT_HTTP_BREAKER_AFTER: '1',
        PAYOUT_HTTP_BREAKER_MS: '600000',
      });
      await at.bank.control.setOdds({ retryAfterSeconds: 3, retryAfterAsDate: asDate });
      await at.bank.control.planFault({ userId: '1' }, 'tooMany');
      await at.world.start('worker');
      await at.client.createCampaign({ id: 'too-many', capacity: 10, waitingCapacity: 0 });
      await at.client.claim('too-many', 1);
      await eventually(async () => expect(await at.log('too-many')).toHaveLength(1));
      await rush([at.client], 'too-many', users(2, 9));
      await allPaidOnce(at, 'too-many', users(1, 10));

      const [refused = 0, next = 0] = await times(at, 'too-many');
      expect(next - refused).toBeGreaterThan(1_900); // a date has no fractions of a second
      expect(await at.payout('too-many', 1)).toMatchObject({ state: 'SETTLED', attempts: 1 });
    },
  );

  it('"too many" delays every worker, even one that starts after the one that was told has stopped', async () => {
    const at = await start('provider-429-shared', {});
    await at.bank.control.setOdds({ retryAfterSeconds: 4 });
    await at.bank.control.planFault({ userId: '1' }, 'tooMany');
    const told = await at.world.start('worker');
    await at.client.createCampaign({ id: 'shared-pause', capacity: 10, waitingCapacity: 0 });
    await at.client.claim('shared-pause', 1);
    await eventually(async () => expect(await at.log('shared-pause')).toHaveLength(1));
    await told.close();
    await at.world.start('worker');
    await rush([at.client], 'shared-pause', users(2, 9));
    await allPaidOnce(at, 'shared-pause', users(1, 10));
    const [refused = 0, next = 0] = await times(at, 'shared-pause');
    expect(next - refused).toBeGreaterThan(3_900);
  });

  it('a provider that only fails is left alone and tried again later; nothing is lost', async () => {
    const at = await start('provider-breaker', {
      PAYOUT_HTTP_BREAKER_AFTER: '5',
      PAYOUT_HTTP_BREAKER_MS: '1000',
      PAYOUT_HTTP_CONCURRENCY: '4',
    });
    await at.bank.control.setOdds({ errorBefore: 1, getError: 1 });
    await at.world.start('worker');
    const people = users(1, 60);
    await claimAll(at, 'breaker', people);
    await eventually(async () => expect((await at.log('breaker')).length).toBeGreaterThanOrEqual(5));
    await sleep(3_000);
    // Five until the breaker opened, those under way at that time, and one try a second.
    expect((await at.log('breaker')).length).toBeLessThan(20);
    await at.bank.control.setOdds({});
    await allPaidOnce(at, 'breaker', people);
  });

  it('a worker that is stopped in the middle of a slow ring exits in time, and another pays the rest', async () => {
    const at = await start('provider-stop', { PAYOUT_HTTP_RATE: '5', SLOT_LEASE_MS: '2000' });
    const people = users(1, 40);
    const worker = await ServiceProcess.start({ ...at.world.variables, APP_ROLE: 'worker' });
    await claimAll(at, 'stop', people);
    await eventually(async () => expect(Object.keys(await at.moved('stop')).length).toBeGreaterThan(2));
    expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(Object.keys(await at.moved('stop')).length).toBeLessThan(people.length);
    await at.world.start('worker', { PAYOUT_HTTP_RATE: '1000' });
    await allPaidOnce(at, 'stop', people);
  });
});
