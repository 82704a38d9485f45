import { bestOffset } from '../../src/grants/clock/offset.js';

describe('the offset of a server’s clock', () => {
  it('is taken from the reading that took least time, at the middle of it', () => {
    const readings = [
      { told: 1_000_100, askedAt: 0, answeredAt: 80 },
      { told: 1_000_204, askedAt: 100, answeredAt: 104 },
      { told: 1_000_900, askedAt: 200, answeredAt: 900 },
    ];
    expect(bestOffset(readings)).toBe(1_000_102);
  });
});
