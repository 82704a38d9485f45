import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../../../tools/stack/stack-error.js';
import type { Volley } from '../../generator/generator-messages.js';
import { spreadOf } from '../../report/statistics.js';
import { cpuOfTrees } from '../../server-cpu.js';
import type { Family, Measuring } from '../family.js';
import { startingWith } from '../turns.js';
import { rateOf } from '../volleys.js';
import { ceilingText, claimsACoreSecond, type Costs } from './ceiling.js';
import { type Component, components, type Side, startFleet, startSeed } from './sides.js';

const pollIntervalMs = 20;
const patienceMs = 300_000;
const warmUpCapacity = 1_000;

/** Two apis and two workers behind HAProxy: the CPU of each component, and what one core of each can carry. */
export const fleet: Family = {
  needsContestants: false,
  figures: [
    { name: 'fleet-accepts', unit: '/s', better: 'higher' },
    { name: 'fleet-paid', unit: 's', better: 'lower' },
    ...components.map((component) => ({
      name: `fleet-${component}-cpu`,
      unit: 'µs',
      better: 'lower' as const,
    })),
    { name: 'redis-claims-a-core', unit: '/s', better: 'higher' },
    { name: 'postgres-paid-a-core', unit: '/s', better: 'higher' },
  ],
  targets: [
    { figure: 'redis-claims-a-core', against: 'itself', atLeast: 120_000 },
    { figure: 'postgres-paid-a-core', against: 'itself', atLeast: 16_000 },
  ],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { appendix, book, rounds, settings, say } = measuring;
  const sides = [await startFleet(measuring), await startSeed(measuring)];
  const { capacity } = settings;
  let nextUser = 1;
  const users = (count: number): Volley['users'] => {
    const taken = { first: nextUser, count };
    nextUser += count;
    return taken;
  };
  for (const side of sides) await rush(measuring, side, users(Math.min(capacity, warmUpCapacity)));
  for (let round = 1; round <= rounds; round++) {
    for (const side of startingWith(sides, round - 1)) {
      say(`A fleet, round ${round} of ${rounds}: ${side.name} …`);
      const { accepts, paidSeconds, costs } = await rush(measuring, side, users(capacity));
      const write = (figure: string, value: number | undefined): void => {
        if (value !== undefined && Number.isFinite(value)) book.write(figure, side.name, round, value);
      };
      write('fleet-accepts', accepts);
      write('fleet-paid', paidSeconds);
      for (const component of components) write(`fleet-${component}-cpu`, costs[component]);
      write('redis-claims-a-core', costs.redis && claimsACoreSecond(costs.redis));
      write('postgres-paid-a-core', costs.postgres && claimsACoreSecond(costs.postgres));
    }
  }
  const medians = components.map((component) => {
    const values = [...book.valuesOf(`fleet-${component}-cpu`, 'ours').values()];
    return [component, values.length > 0 ? spreadOf(values).median : NaN] as const;
  });
  if (medians.every(([, median]) => median > 0))
    appendix.push(ceilingText(Object.fromEntries(medians) as Costs));
}

interface Rushed {
  /** Per second. */
  readonly accepts: number;
  /** From the first claim to the last payout. */
  readonly paidSeconds: number;
  /** µs of CPU per claim until it is paid. */
  readonly costs: Partial<Costs>;
}

/** A campaign whose slots are all claimed, until everybody is paid. */
async function rush(measuring: Measuring, side: Side, users: Volley['users']): Promise<Rushed> {
  const { arena, remarks, settings } = measuring;
  const path = await side.freshCampaign(users.count);
  const before = await cpuOf(side);
  const hits = await arena.load.fire({
    ...{ method: 'POST', origin: side.origin, path, users, repeaters: 0, badTokens: 0 },
    connections: settings.connections,
  });
  const accepted = hits.statuses[202] ?? 0;
  if (accepted !== users.count)
    remarks.add(`${side.name}: ${accepted} instead of ${users.count} users were accepted.`);
  await untilPaid(side, accepted);
  const paidAt = performance.timeOrigin + performance.now();
  const after = await cpuOf(side);
  await side.endCampaign();
  const costs = components.flatMap((component): [Component, number][] => {
    const [from, to] = [before.get(component), after.get(component)];
    return from === undefined || to === undefined ? [] : [[component, (to - from) / accepted]];
  });
  return {
    accepts: rateOf(hits),
    paidSeconds: (paidAt - hits.startedAt) / 1_000,
    costs: Object.fromEntries(costs),
  };
}

/** µs so far, by component; without those that it has not, and empty if /proc is not available. */
async function cpuOf({ pids }: Side): Promise<ReadonlyMap<Component, number>> {
  const used = new Map<Component, number>();
  for (const component of components) {
    const microseconds = await cpuOfTrees(pids[component] ?? []);
    if (microseconds !== undefined && pids[component]) used.set(component, microseconds);
  }
  return used;
}

async function untilPaid(side: Side, accepted: number): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while ((await side.unpaid(accepted)) > 0) {
    if (performance.now() > giveUpAt)
      throw new StackError(`${side.name} has not paid ${accepted} users within ${patienceMs / 1_000} s.`);
    await sleep(pollIntervalMs);
  }
}
