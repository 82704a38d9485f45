import { table } from '../../report/tables.js';
import type { Component } from './sides.js';

/** µs of CPU per claim, until it is paid. */
export type Costs = Readonly<Record<Component, number>>;

const names: Readonly<Record<Component, string>> = {
  proxy: 'HAProxy',
  api: 'api',
  worker: 'worker',
  postgres: 'PostgreSQL',
  redis: 'Redis',
};

/** How many claims a second of CPU pays for. */
export function claimsACoreSecond(microseconds: number): number {
  return 1_000_000 / microseconds;
}

/**
 * What a deployment with one core of Redis and one of PostgreSQL can carry: the dearer of the two is its ceiling, and
 * the others need a share of a core each to keep up with it.
 */
export function ceilingText(costs: Costs): string {
  const ceiling = claimsACoreSecond(Math.max(costs.redis, costs.postgres));
  const order: readonly Component[] = ['redis', 'postgres', 'api', 'worker', 'proxy'];
  const rows = order.map((component) => [
    names[component],
    `${costs[component].toFixed(1)} µs`,
    Math.round(claimsACoreSecond(costs[component])).toLocaleString('en'),
    (ceiling / claimsACoreSecond(costs[component])).toFixed(2),
  ]);
  const limit = costs.redis > costs.postgres ? 'Redis' : 'PostgreSQL';
  return [
    'The ceiling of a deployment with one core of Redis and one of PostgreSQL:',
    table([['', 'CPU per claim', 'claims a core-second', 'cores at the ceiling'], ...rows]),
    `${limit} is the limit, at ${Math.round(ceiling).toLocaleString('en')} claims a second until they are paid.`,
    'Assumed: a claim costs each component at the ceiling what it cost here, where all of them shared one core;',
    'neither network nor disk is the limit; and no component waits for another.',
  ].join('\n');
}
