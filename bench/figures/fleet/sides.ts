import type { Contestant } from '../../contestants/contestant.js';
import { claimsPath } from '../../deployment.js';
import type { Measuring } from '../family.js';

/** The parts of a deployment whose CPU is counted apart. */
export const components = ['proxy', 'api', 'worker', 'postgres', 'redis'] as const;
export type Component = (typeof components)[number];

/** A deployment that takes claims and pays them. */
export interface Side extends Pick<
  Contestant,
  'name' | 'origin' | 'freshCampaign' | 'unpaid' | 'endCampaign'
> {
  /** The processes of each component, by pid; their children count as well. */
  readonly pids: Readonly<Partial<Record<Component, readonly number[]>>>;
}

/** Two apis behind HAProxy, and two workers. */
export async function startFleet({ arena }: Measuring): Promise<Side> {
  const deployment = await arena.deploy('fleet');
  const apis = [await arena.addTo(deployment, 'api'), await arena.addTo(deployment, 'api')];
  const workers = [await arena.addTo(deployment, 'worker'), await arena.addTo(deployment, 'worker')];
  const proxy = await arena.addProxy(apis);
  const pidsOf = (units: readonly { readonly pid: number }[]): number[] => units.map(({ pid }) => pid);
  let campaigns = 0;
  let current = { id: '', capacity: 0 };
  return {
    name: 'ours',
    origin: proxy.origin,
    pids: { proxy: [proxy.pid], api: pidsOf(apis), worker: pidsOf(workers), ...arena.dataServers },
    freshCampaign: async (capacity) => {
      current = { id: `fleet-${++campaigns}`, capacity };
      await deployment.createCampaign(current.id, capacity);
      return claimsPath(current.id);
    },
    unpaid: async (accepted) => accepted - (await deployment.paidOut(current.id, current.capacity)),
    endCampaign: () => deployment.closeCampaign(current.id),
  };
}

/** The textbook design, whose one process is api and worker at once: only its servers' CPU is counted. */
export async function startSeed({ arena }: Measuring): Promise<Side> {
  const seed = await arena.contestant('seed');
  return {
    name: seed.name,
    origin: seed.origin,
    pids: arena.dataServers,
    freshCampaign: (capacity) => seed.freshCampaign(capacity),
    unpaid: (accepted) => seed.unpaid(accepted),
    endCampaign: () => seed.endCampaign(),
  };
}
