import type { Volley } from '../generator/generator-messages.js';
import { claimsPath } from '../deployment.js';
import type { Family, Measuring } from './family.js';
import { Stage } from './stage.js';
import { startingWith } from './turns.js';
import { claimAt, rateOf, untilPaid } from './volleys.js';

const mostCampaigns = 1_000;
/** Campaigns created or closed at once. */
const lanes = 16;

/** Claims in a thousand campaigns, a claim each in turn, beside the same number of claims in one. */
export const campaigns: Family = {
  needsContestants: false,
  figures: [
    { name: 'claims-one-campaign', unit: '/s', better: 'higher' },
    { name: 'claims-many-campaigns', unit: '/s', better: 'higher' },
    { name: 'claims-many-share', unit: 'x', better: 'higher' },
    { name: 'cpu-one-campaign', unit: 'µs', better: 'lower' },
    { name: 'cpu-many-campaigns', unit: 'µs', better: 'lower' },
  ],
  targets: [{ figure: 'claims-many-share', against: 'itself', atLeast: 0.5 }],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { book, rounds, settings, say } = measuring;
  const stage = await Stage.start(measuring, 'campaigns', {});
  const many = Math.min(mostCampaigns, settings.capacity);
  await rushIn(measuring, stage, 'warm-up', Math.ceil(many / 10)); // of both kinds
  await stage.rush({});
  for (let round = 1; round <= rounds; round++) {
    const rushed = new Map<number, Rushed>();
    for (const count of startingWith([1, many], round - 1)) {
      say(`Claims in ${count.toLocaleString('en')} campaigns, round ${round} of ${rounds} …`);
      rushed.set(count, await rushIn(measuring, stage, `round-${round}-of-${count}`, count));
    }
    const [inOne, inMany] = [rushed.get(1), rushed.get(many)];
    if (!inOne || !inMany) continue;
    book.write('claims-one-campaign', 'ours', round, inOne.rate);
    book.write('claims-many-campaigns', 'ours', round, inMany.rate);
    book.write('claims-many-share', 'ours', round, inMany.rate / inOne.rate);
    if (inOne.cpu !== undefined) book.write('cpu-one-campaign', 'ours', round, inOne.cpu);
    if (inMany.cpu !== undefined) book.write('cpu-many-campaigns', 'ours', round, inMany.cpu);
  }
}

interface Rushed {
  /** 202s per second. */
  readonly rate: number;
  /** µs of the service, PostgreSQL and Redis per claim, until everybody is paid; undefined if it is not known. */
  readonly cpu: number | undefined;
}

/** As many claims as a campaign usually has slots, spread over `count` campaigns, until everybody is paid. */
async function rushIn(measuring: Measuring, stage: Stage, name: string, count: number): Promise<Rushed> {
  const { deployment } = stage;
  const each = Math.floor(measuring.settings.capacity / count);
  const ids = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  await inLanes(ids, (id) => deployment.createCampaign(id, each));
  const users: Volley['users'] = stage.users(each * count);
  const before = await stage.cpu();
  const hits = await claimAt(measuring, stage.origin, ids.map(claimsPath), users);
  const accepted = hits.statuses[202] ?? 0;
  await untilPaid(deployment, { id: ids, capacity: each * count }, accepted);
  const after = await stage.cpu();
  await inLanes(ids, (id) => deployment.closeCampaign(id));
  return {
    rate: rateOf(hits),
    cpu: before === undefined || after === undefined ? undefined : (after - before) / accepted,
  };
}

async function inLanes(ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<void> {
  const left = [...ids];
  const lane = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await act(id);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
