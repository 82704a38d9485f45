import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceUnit } from '../contestants/service-unit.js';
import { residentMemoryOf } from '../resident-memory.js';
import type { Family, Measuring } from './family.js';
import { claimOnce, untilPaid } from './volleys.js';

/** Requests prepared at a time: about 2 KB each in the generator. */
const chunk = 20_000;
/** Share of the requests after which memory is first measured. */
const early = 0.1;
/** After this pause, work in progress has completed. */
const restMs = 2_000;
const mostMb = 200;

/** Memory of an api and a worker after many requests, each from a new user. */
export const memory: Family = {
  needsContestants: false,
  figures: [
    ...(['api', 'worker'] as const).flatMap((role) => [
      { name: `${role}-rss-early`, unit: 'MB', better: 'lower' as const },
      { name: `${role}-rss`, unit: 'MB', better: 'lower' as const },
      { name: `${role}-peak`, unit: 'MB', better: 'lower' as const },
    ]),
    { name: 'rss-growth', unit: 'x', better: 'lower' },
  ],
  targets: [
    { figure: 'api-rss', against: 'itself', atMost: mostMb },
    { figure: 'worker-rss', against: 'itself', atMost: mostMb },
    { figure: 'rss-growth', against: 'itself', atMost: 1.1 },
  ],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { arena, book, requests, settings, remarks, say } = measuring;
  const deployment = await arena.deploy('memory');
  const api = await arena.addTo(deployment, 'api');
  const worker = await arena.addTo(deployment, 'worker');
  const place = { id: 'memory', capacity: settings.capacity, origin: api.origin };
  await deployment.createCampaign(place.id, place.capacity);

  let asked = 0;
  const askUpTo = async (count: number): Promise<void> => {
    while (asked < count) {
      const users = { first: 1 + asked, count: Math.min(chunk, count - asked) };
      await claimOnce(measuring, place, users);
      asked += users.count;
      say(`${asked.toLocaleString('en')} of ${requests.toLocaleString('en')} requests …`);
    }
  };
  const residentOf = async (unit: ServiceUnit, figure: string): Promise<number> => {
    const memory = await residentMemoryOf(unit.pid);
    if (!memory) {
      remarks.add('This system has no /proc, so the memory of processes is unknown.');
      return NaN;
    }
    book.write(`${unit.role}-${figure}`, 'ours', 1, memory.now);
    book.write(`${unit.role}-peak`, 'ours', 1, memory.peak);
    return memory.now;
  };
  const both = async (figure: string): Promise<number> => {
    await sleep(restMs);
    return (await residentOf(api, figure)) + (await residentOf(worker, figure));
  };

  const earlyRequests = Math.ceil(requests * early);
  await askUpTo(earlyRequests);
  await untilPaid(deployment, place, Math.min(earlyRequests, place.capacity));
  const before = await both('rss-early');
  await askUpTo(requests);
  const growth = (await both('rss')) / before;
  if (Number.isFinite(growth)) book.write('rss-growth', 'ours', 1, growth);
}
