import fc from 'fast-check';
import { FreeSlots } from '../../src/grants/slots/free-slots.js';

const anyCampaign = fc.integer({ min: 1, max: 60 }).chain((capacity) =>
  fc.record({
    capacity: fc.constant(capacity),
    taken: fc.uniqueArray(fc.integer({ min: 1, max: capacity })),
    promoted: fc.integer({ min: 0, max: capacity + 5 }),
    longest: fc.integer({ min: 1, max: 10 }),
  }),
);

describe('P1 and P6, the free slots that a rebuild finds', () => {
  it('are the slots of 1..capacity that nobody holds, once each: lowest first for the line, then in ranges', () => {
    fc.assert(
      fc.property(anyCampaign, ({ capacity, taken, promoted, longest }) => {
        const free = new FreeSlots(capacity);
        for (const slot of taken) free.take(slot);
        const expected = Array.from({ length: capacity }, (_, i) => i + 1).filter(
          (slot) => !taken.includes(slot),
        );

        const lowest = Array.from({ length: promoted }, () => free.takeLowest());
        expect(lowest).toEqual(Array.from({ length: promoted }, (_, i) => expected[i] ?? null));

        const ranges = [...free.ranges(longest)];
        expect(ranges.every(([first, last]) => last - first < longest)).toBe(true);
        const rest = ranges.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, i) => first + i),
        );
        expect(rest).toEqual(expected.slice(promoted));
      }),
      { numRuns: 500 },
    );
  });
});
