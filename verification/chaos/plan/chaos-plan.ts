import { createHash } from 'node:crypto';
import { type FaultPlan, planFaults } from './draw-faults.js';
import type { Provider } from './fault-kinds.js';
import { between, randomOf } from './random.js';

/** Everything that a seed determines: the campaign, the number of users, and which faults happen when. */
export interface ChaosPlan extends FaultPlan {
  readonly seed: number;
  readonly provider: Provider;
  readonly users: number;
  readonly capacity: number;
  readonly waitingCapacity: number;
  readonly reversalPolicy: 'keep' | 'regrant';
  /** When an operator closes the campaign. Null: when everything is at rest, or never (`closesAtRest`). */
  readonly closesAtMs: number | null;
  readonly closesAtRest: boolean;
}

const usersPerSecond = 20;

/**
 * Derives the plan from a seed. The same arguments give the same plan.
 * @param seconds how long faults happen at least; longer if the faults that this seed must have need more time
 */
export function planChaos(seed: number, seconds: number, provider: Provider): ChaosPlan {
  const random = randomOf(seed, 'campaign');
  const { spanMs, faults } = planFaults(seed, seconds, provider);
  const users = Math.round(((usersPerSecond * spanMs) / 1_000) * between(random, 0.8, 1.2));
  const capacity = Math.round(users * between(random, 0.55, 0.85));
  const closesEarly = random.fraction() < 0.5;
  return {
    seed,
    provider,
    users,
    capacity,
    waitingCapacity: random.fraction() < 0.15 ? 0 : Math.round(capacity * between(random, 0.05, 0.2)),
    reversalPolicy: random.fraction() < 0.6 ? 'regrant' : 'keep',
    closesAtMs: closesEarly ? Math.round(spanMs * between(random, 0.7, 0.95)) : null,
    closesAtRest: random.fraction() < 0.5,
    spanMs,
    faults,
  };
}

export function hashOf(plan: ChaosPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);
}
