import { secondsToWait } from '../../src/platform/problems/retry-after.js';

it('draws every second of the range, and no other', () => {
  const range = { from: 1, to: 3 };
  const chances = [0, 0.33, 0.34, 0.66, 0.67, 0.999_999];
  expect(chances.map((chance) => secondsToWait(range, chance))).toEqual([1, 1, 2, 2, 3, 3]);
  expect(secondsToWait({ from: 5, to: 5 })).toBe(5);
});
