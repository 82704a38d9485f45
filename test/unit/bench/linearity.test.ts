import { msPer100000, unevenness } from '../../../bench/figures/linearity.js';

describe('the growth of time with slots', () => {
  it('is given per 100,000 slots', () => {
    expect(msPer100000({ slots: 400_000, ms: 60 })).toBeCloseTo(15);
  });

  it('is even if linear; else its unevenness is the highest cost per slot over the lowest, in any order', () => {
    const efforts = (...ms: number[]) => ms.map((each, index) => ({ slots: 100_000 * 2 ** index, ms: each }));
    expect(unevenness(efforts(10, 20, 40))).toBeCloseTo(1);
    expect(unevenness(efforts(10, 40, 160))).toBeCloseTo(4);
    expect(unevenness(efforts(30, 20, 80))).toBeCloseTo(3);
  });
});
