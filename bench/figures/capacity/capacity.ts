import type { Family, Measuring } from '../family.js';
import type { Figure } from '../figure.js';
import { measureClaimCost } from './claim-cost.js';
import { gateFactors, measureFullRebuild, measureGateTimes } from './gate-times.js';
import { measureSlotBytes } from './slot-bytes.js';

const gateTimes = (what: string): Figure[] => [
  ...gateFactors.map((factor): Figure => ({
    name: `${what}-${factor}x`,
    unit: 'ms per 100,000',
    better: 'lower',
  })),
  { name: `${what}-unevenness`, unit: 'x', better: 'lower' },
];

/** How costs grow with the number of slots. */
export const capacity: Family = {
  needsContestants: false,
  figures: [
    { name: 'claim-cpu-1x', unit: 'µs', better: 'lower' },
    { name: 'claim-cpu-100x', unit: 'µs', better: 'lower' },
    { name: 'claim-cpu-growth', unit: 'x', better: 'lower' },
    { name: 'available-bytes', unit: 'B/slot', better: 'lower' },
    { name: 'processing-bytes', unit: 'B/slot', better: 'lower' },
    { name: 'settled-bytes', unit: 'B/slot', better: 'lower' },
    ...gateTimes('create'),
    ...gateTimes('rebuild'),
    { name: 'rebuild-full', unit: 's', better: 'lower' },
  ],
  targets: [
    { figure: 'claim-cpu-growth', against: 'itself', atMost: 1.15 },
    { figure: 'available-bytes', against: 'itself', atMost: 200 },
    { figure: 'processing-bytes', against: 'itself', atMost: 200 },
    { figure: 'settled-bytes', against: 'itself', atMost: 200 },
    { figure: 'rebuild-full', against: 'itself', atMost: 5 },
  ],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  await measureClaimCost(measuring);
  await measureSlotBytes(measuring);
  await measureGateTimes(measuring);
  await measureFullRebuild(measuring);
}
