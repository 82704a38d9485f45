import { TimeBounds } from '../../../verification/verifier/log/time-bounds.js';

it('bounds a leaf by the cosigned trees around it, and by the first stamped tree that has it', () => {
  const seen = [1, 4].map((size) => ({ size, earliestMs: size * 10, latestMs: size * 10 + 1 }));
  const bounds = new TimeBounds(seen, [
    { size: 9, atMs: 900 },
    { size: 2, atMs: 200 },
  ]);
  const of = (index: number): readonly unknown[] => Object.values(bounds.of(index));
  expect(of(0)).toEqual([null, 11, 200]);
  expect(of(1)).toEqual([10, 41, 200]);
  expect(of(2)).toEqual([10, 41, 900]);
  expect(of(4)).toEqual([40, null, 900]);
  expect(of(9)).toEqual([40, null, null]);
});
