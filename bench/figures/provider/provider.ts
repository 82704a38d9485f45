import { cpuOfTrees } from '../../server-cpu.js';
import type { Family, Measuring } from '../family.js';
import { claimOnce, untilPaid } from '../volleys.js';
import { InstantBank } from './instant-bank.js';

/** Calls that one worker has under way: the bank answers at once, so they never wait for it. */
const concurrency = '64';

/** Payouts by a provider that answers at once, without a limit of calls: what our side of one costs. */
export const provider: Family = {
  needsContestants: false,
  figures: [
    { name: 'provider-payouts', unit: '/s', better: 'higher' },
    { name: 'provider-payouts-a-core', unit: '/s', better: 'higher' },
    { name: 'provider-worker-cpu', unit: 'µs', better: 'lower' },
    { name: 'provider-postgres-cpu', unit: 'µs', better: 'lower' },
    { name: 'provider-redis-cpu', unit: 'µs', better: 'lower' },
    { name: 'provider-batch', unit: 'payouts a transaction', better: 'higher' },
  ],
  targets: [
    { figure: 'provider-payouts-a-core', against: 'itself', atLeast: 2_000 },
    { figure: 'provider-batch', against: 'itself', atLeast: 2 },
  ],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { arena, book, rounds, settings, say } = measuring;
  const bank = await InstantBank.start();
  arena.alsoStop(bank);
  const paying = {
    PAYOUT_PROVIDER: 'http',
    PAYOUT_HTTP_URL: bank.url,
    PAYOUT_HTTP_SECRET: 'the secret of a bank that asks for none',
    PAYOUT_HTTP_RATE: '0',
    PAYOUT_HTTP_CONCURRENCY: concurrency,
    ALLOW_PLAIN_HTTP: 'true',
  };
  const deployment = await arena.deploy('provider');
  const { origin } = await arena.addTo(deployment, 'api', paying);
  const worker = await arena.addTo(deployment, 'worker', paying);
  const { postgres, redis } = arena.dataServers;
  const { capacity } = settings;
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'Warming up …' : `Payouts by a provider, round ${round} of ${rounds} …`);
    const place = { id: `provider-${round}`, capacity, origin };
    await deployment.createCampaign(place.id, capacity);
    await deployment.stopPayouts(place.id);
    const users = { first: 1 + round * capacity, count: capacity };
    const { statuses } = await claimOnce(measuring, place, users);
    const accepted = statuses[202] ?? 0;
    const cpu = async (): Promise<(number | undefined)[]> =>
      Promise.all([[worker.pid], postgres, redis].map(cpuOfTrees));
    const before = await cpu();
    const from = performance.now();
    await deployment.resumePayouts(place.id);
    await untilPaid(deployment, place, accepted);
    const seconds = (performance.now() - from) / 1_000;
    const after = await cpu();
    const transactions = await deployment.countPayoutTransactions(place.id);
    await deployment.closeCampaign(place.id);
    if (round === 0) continue;
    book.write('provider-payouts', 'ours', round, accepted / seconds);
    book.write('provider-batch', 'ours', round, accepted / transactions);
    for (const [index, component] of ['worker', 'postgres', 'redis'].entries()) {
      const each = ((after[index] ?? NaN) - (before[index] ?? NaN)) / accepted;
      if (!Number.isFinite(each)) continue;
      book.write(`provider-${component}-cpu`, 'ours', round, each);
      if (component === 'worker' && each > 0)
        book.write('provider-payouts-a-core', 'ours', round, 1_000_000 / each);
    }
  }
}
