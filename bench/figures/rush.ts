import type { Family, Measuring } from './family.js';
import { RushRound } from './rush-round.js';
import { startingWith } from './turns.js';

/** The main job: a campaign from its first claim until all are paid, then sold-out answers, then status reads. */
export const rush: Family = {
  needsContestants: true,
  figures: [
    { name: 'accepts', unit: '/s', better: 'higher' },
    { name: 'sold-out', unit: '/s', better: 'higher' },
    { name: 'status', unit: '/s', better: 'higher' },
    { name: 'accepts-p99', unit: 'ms', better: 'lower' },
    { name: 'sold-out-p99', unit: 'ms', better: 'lower' },
    { name: 'paid', unit: 's', better: 'lower' },
    { name: 'tail', unit: 'x', better: 'lower' },
    { name: 'claim-cpu', unit: 'µs', better: 'lower' },
    { name: 'sold-out-cpu', unit: 'µs', better: 'lower' },
    { name: 'status-cpu', unit: 'µs', better: 'lower' },
  ],
  targets: [
    { figure: 'accepts', against: 'framework', atLeast: 1.6 },
    { figure: 'accepts', against: 'seed', atLeast: 6.3 },
    { figure: 'accepts', against: 'row-lock', atLeast: 5 },
    { figure: 'claim-cpu', against: 'framework', atMost: 0.7 },
    { figure: 'sold-out', against: 'framework', atLeast: 2.5 },
    { figure: 'sold-out', against: 'floor', atLeast: 0.95 },
    { figure: 'status', against: 'framework', atLeast: 1.5 },
    { figure: 'sold-out-p99', against: 'framework', atMost: 0.5 },
    { figure: 'paid', against: 'seed', atMost: 0.1 },
    { figure: 'tail', against: 'itself', atMost: 0.5 },
  ],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { arena, rounds, endsBy, remarks, say } = measuring;
  const rushes = new RushRound(measuring);
  say('Warming up …');
  for (const contestant of arena.contestants) await rushes.warmUp(contestant);
  for (let round = 1; round <= rounds; round++) {
    const startedAt = performance.now();
    for (const contestant of startingWith(arena.contestants, round - 1)) {
      say(`Round ${round} of ${rounds}: ${contestant.name} …`);
      await rushes.run(contestant, round);
    }
    const isLate = 2 * performance.now() - startedAt > endsBy;
    if (isLate && round < rounds) {
      remarks.add(`The time limit was reached after round ${round} of ${rounds}.`);
      return;
    }
  }
}
