import { markBetween, partsOf } from '../../../web/claim/clock/countdown.js';

it.each([
  [1, { days: 0, hours: 0, minutes: 0, seconds: 1 }],
  [1_000, { days: 0, hours: 0, minutes: 0, seconds: 1 }],
  [1_001, { days: 0, hours: 0, minutes: 0, seconds: 2 }],
  [60_000, { days: 0, hours: 0, minutes: 1, seconds: 0 }],
  [90_061_000, { days: 1, hours: 1, minutes: 1, seconds: 1 }],
  [0, { days: 0, hours: 0, minutes: 0, seconds: 0 }],
  [-5, { days: 0, hours: 0, minutes: 0, seconds: 0 }],
])('%i ms are shown as %j', (ms, parts) => {
  expect(partsOf(ms)).toEqual(parts);
});

describe('what is spoken', () => {
  it.each([
    [601_000, 600_000, 600],
    [600_000, 599_000, null],
    [61_000, 60_000, 60],
    [10_400, 9_900, 10],
    [Infinity, 30_000, 600],
    [Infinity, 700_000, null],
    [5_000, 4_000, null],
  ])('between %i ms and %i ms: %p', (before, now, mark) => {
    expect(markBetween(before, now)).toBe(mark);
  });

  it('is each mark once in a countdown of 15 minutes', () => {
    const marks: (number | null)[] = [];
    for (let left = 900_000; left > 0; left -= 1_000) marks.push(markBetween(left, left - 1_000));
    expect(marks.filter((mark) => mark !== null)).toEqual([600, 60, 10]);
  });
});
